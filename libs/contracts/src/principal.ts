import { PRINCIPAL } from '@film-store/core';
import { Problem } from '@film-store/problem';

/** Principal of a request without authentication. */
export const ANONYMOUS = 'anonymous';

/** Accepts 1 to 128 visible ASCII characters, which need no escaping in headers, log lines and the database. */
export const isPrincipal = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value);

/**
 * Parses the `X-Principal` header: the user on whose behalf another service calls.
 * @throws Problem `validation-failed`
 */
export function parsePrincipal(header: string | undefined): string {
  if (header === undefined) return ANONYMOUS;
  if (isPrincipal(header)) return header;
  throw new Problem('validation-failed', {
    detail: `${PRINCIPAL} must be 1 to 128 visible ASCII characters`,
  });
}
