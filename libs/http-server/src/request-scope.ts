import type { AsyncResource } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';

/** The span of a request, and the asynchronous context of its handler. */
export interface RequestScope {
  readonly span: Span;
  readonly context: AsyncResource;
}

/** Has no entry for a request that an earlier hook rejected, or whose client left before it was served. */
export const requestScopes = new WeakMap<FastifyRequest, RequestScope>();

/** Calls `run` in the asynchronous context of the request. */
export function runInScope(request: FastifyRequest, run: () => void): void {
  const scope = requestScopes.get(request);
  if (scope) scope.context.runInAsyncScope(run);
  else run();
}
