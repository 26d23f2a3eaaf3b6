import { Problem } from './problem.ts';

/** 16 to 255 visible ASCII characters; no comma or quote, which would make it a list or two spellings of one key. */
const VALID = /^[\x21\x23-\x2b\x2d-\x7e]{16,255}$/;

/** Where the API's documentation says what a key must look like. */
const DESCRIBED_BY = { link: '</docs>; rel="describedby"; type="text/html"' };

/**
 * The key in an `Idempotency-Key` header: `k`, or `"k"` as draft-ietf-httpapi-idempotency-key-header writes it.
 * @throws Problem `idempotency-key-missing`, `idempotency-key-invalid`
 */
export function parseIdempotencyKey(header: string | undefined): string {
  if (header === undefined) throw new Problem('idempotency-key-missing', { headers: DESCRIBED_BY });
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!VALID.test(key)) {
    throw new Problem('idempotency-key-invalid', {
      headers: DESCRIBED_BY,
      detail: 'it must be 16 to 255 visible ASCII characters without commas or quotes, a UUID say',
    });
  }
  return key;
}
