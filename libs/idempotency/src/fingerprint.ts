import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Problem } from '@film-store/problem';

/** The parts of a request that must be equal for all requests with one key. */
export interface Fingerprinted {
  readonly method: string;
  /** The path with its parameters, without the query. */
  readonly path: string;
  readonly query: unknown;
  /** Value of the header. Parameters such as the charset are ignored. */
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** Increase it if equal requests get another fingerprint, because records outlive a deployment. */
const VERSION = '1';

/**
 * Returns `VERSION:SHA-256`, in hexadecimal, of the canonical JSON (RFC 8785) of a request. It ignores white space, the
 * order of members, and the difference between `1` and `1.0`. It respects the order of arrays.
 * @throws Problem `validation-failed` for text that is not Unicode, which has no canonical form
 */
export function createFingerprint({ method, path, query, contentType, body }: Fingerprinted): string {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? null;
  const canonical = canonicalJson({ method, path, query, mediaType, body });
  return `${VERSION}:${createHash('sha256').update(canonical).digest('hex')}`;
}

/** Returns whether two requests differ. Returns `false` for fingerprints of different versions. */
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
