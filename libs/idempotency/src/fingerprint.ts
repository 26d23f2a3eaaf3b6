import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Problem } from '@film-store/problem';

/** What makes two requests under one key the same request. */
export interface Fingerprinted {
  readonly method: string;
  /** As it was asked for, its parameters filled in, without the query. */
  readonly path: string;
  readonly query: unknown;
  /** As the header says it; parameters such as the charset do not count. */
  readonly contentType: string | undefined;
  /** As it was parsed. */
  readonly body: unknown;
}

/** Goes up whenever equal requests would get another fingerprint than before: records outlive a deploy. */
const VERSION = '1';

/**
 * `VERSION:SHA-256`, in hexadecimal, over the canonical JSON (RFC 8785) of what was asked. How the JSON was written
 * does not count: white space, the order of members, `1` or `1.0`. The order of an array does.
 * @throws Problem `validation-failed` for a text that is not Unicode, which has no canonical form
 */
export function createFingerprint({ method, path, query, contentType, body }: Fingerprinted): string {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? null;
  const canonical = canonicalJson({ method, path, query, mediaType, body });
  return `${VERSION}:${createHash('sha256').update(canonical).digest('hex')}`;
}

/** Whether two requests are known to differ. Fingerprints of different versions cannot be compared: they are not. */
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
