import { parseItem } from 'structured-headers';
import { Problem, type ProblemOptions } from '@film-store/problem';

/** 16 to 255 visible ASCII characters without commas. Node joins a header that was sent twice with a comma. */
const VALID = /^[\x21-\x2b\x2d-\x7e]{16,255}$/;

/**
 * Returns the key in an `Idempotency-Key` header. The header is a string item (RFC 9651 § 3.3.3), `"k"`, as
 * draft-ietf-httpapi-idempotency-key-header requires, or the bare key `k`. Parameters of the item are ignored.
 * @throws Problem `idempotency-key-missing`, `idempotency-key-invalid`
 */
export function parseIdempotencyKey(
  header: string | undefined,
  { documentationUrl }: { readonly documentationUrl?: string | undefined } = {},
): string {
  const headers: ProblemOptions['headers'] =
    documentationUrl === undefined
      ? {}
      : { link: `<${documentationUrl}>; rel="describedby"; type="text/html"` };
  if (header === undefined) throw new Problem('idempotency-key-missing', { headers });
  const key = header.startsWith('"') ? parseString(header) : parseBare(header);
  if (key === undefined || !VALID.test(key)) {
    throw new Problem('idempotency-key-invalid', {
      headers,
      detail:
        'the key must have 16 to 255 visible ASCII characters without commas and quotes, for example a UUID',
    });
  }
  return key;
}

/** A bare key with a quote is more likely a malformed string. */
const parseBare = (header: string): string | undefined => (header.includes('"') ? undefined : header);

function parseString(header: string): string | undefined {
  try {
    const [value] = parseItem(header);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
