import { randomUUID } from 'node:crypto';
import { requestContext } from './request-context.ts';

const VALID = /^[A-Za-z0-9._-]{1,128}$/;

export const isRequestId = (value: unknown): value is string =>
  typeof value === 'string' && VALID.test(value);

export const newRequestId = (): string => randomUUID();

/** Returns a valid id unchanged, and a new id for any other value. */
export const acceptRequestId = (value: unknown): string => (isRequestId(value) ? value : newRequestId());

/** Returns the id of the served request: that of its context, or that of the framework, or a new one. */
export const toRequestId = (request: { readonly id?: unknown }): string =>
  acceptRequestId(requestContext.get()?.requestId ?? request.id);
