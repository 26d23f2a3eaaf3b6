import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Problem } from '@film-store/problem';

/** The parts that are equal in two requests with one key, or the key was reused. */
export interface Fingerprinted {
  readonly method: string;
  /** The path of the request, with its parameters, without the query. */
  readonly path: string;
  readonly query: unknown;
  /** The header's value; parameters such as the charset are ignored. */
  readonly contentType: string | undefined;
  /** As it was parsed. */
  readonly body: unknown;
}

/** Increase it with every change that gives equal requests another fingerprint: records outlive a deploy. */
const VERSION = '1';

/**
 * Returns `VERSION:SHA-256`, in hexadecimal, of the canonical JSON (RFC 8785) of a request. White space, the order of
 * members and `1` or `1.0` make no difference. The order of an array does.
 * @throws Problem `validation-failed` for text that is not Unicode, which has no canonical form
 */
export function createFingerprint({ method, path, query, contentType, body }: Fingerprinted): string {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? null;
  const canonical = canonicalJson({ method, path, query, mediaType, body });
  return `${VERSION}:${createHash('sha256').update(canonical).digest('hex')}`;
}

/** Returns whether two requests differ. Fingerprints of different versions cannot be compared: it returns `false`. */
export const fingerprintsDiffer = (one: string, other: string): boolean =>
  one !== other && parseVersion(one) === parseVersion(other);

const parseVersion = (fingerprint: string): string => fingerprint.slice(0, fingerprint.indexOf(':'));

function canonicalJson(value: object): string {
  try {
    return canonicalize(value)!;
  } catch (cause) {
    throw new Problem('validation-failed', { detail: 'the body has text that is not Unicode', cause });
  }
}
