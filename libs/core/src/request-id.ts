import { randomUUID } from 'node:crypto';

const VALID = /^[A-Za-z0-9._-]{1,128}$/;

export const isRequestId = (value: unknown): value is string =>
  typeof value === 'string' && VALID.test(value);

/** A caller's id where it is valid, else a new one: never cut, never cleaned. */
export const acceptRequestId = (value: unknown): string => (isRequestId(value) ? value : newRequestId());

export const newRequestId = (): string => randomUUID();
