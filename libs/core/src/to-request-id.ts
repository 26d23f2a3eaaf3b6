import { requestContext } from './request-context.ts';
import { isRequestId, newRequestId } from './request-id.ts';

/** Returns the id of the request being served: that of its context, or that of the framework, or a new one. */
export function toRequestId(request: { readonly id?: unknown }): string {
  const id = requestContext.get()?.requestId ?? request.id;
  return isRequestId(id) ? id : newRequestId();
}
