import { parseItem } from 'structured-headers';
import { Problem } from '@film-store/problem';

/** 16 to 255 visible ASCII characters; no comma, with which Node joins a header that was sent twice. */
const VALID = /^[\x21-\x2b\x2d-\x7e]{16,255}$/;

export interface KeyDocumentation {
  /**
   * Address of the page that says what a key must look like, for example `/docs`. It is sent in the `Link` header of
   * the 400s about keys. @default no `Link` header
   */
  readonly documentationUrl?: string | undefined;
}

/**
 * Returns the key in an `Idempotency-Key` header. The header is a string item (RFC 9651 § 3.3.3), `"k"`, as
 * draft-ietf-httpapi-idempotency-key-header requires, or the bare key `k`. Parameters of the item are ignored.
 * @throws Problem `idempotency-key-missing`, `idempotency-key-invalid`
 */
export function parseIdempotencyKey(
  header: string | undefined,
  { documentationUrl }: KeyDocumentation = {},
): string {
  const headers = describedBy(documentationUrl);
  if (header === undefined) throw new Problem('idempotency-key-missing', { headers });
  const key = header.startsWith('"') ? parseString(header) : parseBare(header);
  if (key === undefined || !VALID.test(key)) {
    throw new Problem('idempotency-key-invalid', {
      headers,
      detail: 'it must be 16 to 255 visible ASCII characters without commas or quotes, a UUID say',
    });
  }
  return key;
}

const describedBy = (url: string | undefined): Readonly<Record<string, string>> =>
  url === undefined ? {} : { link: `<${url}>; rel="describedby"; type="text/html"` };

/** A quote in a bare key is more likely a malformed string than part of the key. */
const parseBare = (header: string): string | undefined => (header.includes('"') ? undefined : header);

function parseString(header: string): string | undefined {
  try {
    const [value] = parseItem(header);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
