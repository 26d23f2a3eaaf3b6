import { createHash, createHmac } from 'node:crypto';

export interface KeyScope {
  readonly principal: string;
  readonly method: string;
  /** The route's pattern, such as `/api/orders`. */
  readonly route: string;
  readonly key: string;
}

/**
 * The name of a key's record, 43 characters of base64url. The secret keeps those who can read the store from finding
 * out keys; one key of two principals, or on two routes, is two records.
 */
export const recordId = (secret: string, { principal, method, route, key }: KeyScope): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([principal, method, route, key]))
    .digest('base64url');

/**
 * The key to send downstream, the same for every attempt: a valid `Idempotency-Key` that tells nothing of the
 * client's own, nor where its record is.
 */
export const deriveKey = (id: string): string =>
  createHash('sha256').update(`downstream:${id}`).digest('base64url');
