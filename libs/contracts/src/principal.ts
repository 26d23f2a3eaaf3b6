import { PRINCIPAL } from '@film-store/core';
import { Problem } from '@film-store/problem';

/** Who asks where nobody has to say. */
export const ANONYMOUS = 'anonymous';

/** 1 to 128 visible ASCII characters: fit for a header, a log line and a database as they are. */
export const isPrincipal = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value);

/**
 * On whose behalf another service asks, from its `X-Principal` header.
 * @throws Problem `validation-failed`
 */
export function parsePrincipal(header: string | undefined): string {
  if (header === undefined) return ANONYMOUS;
  if (isPrincipal(header)) return header;
  throw new Problem('validation-failed', {
    detail: `${PRINCIPAL} must be 1 to 128 visible ASCII characters`,
  });
}
