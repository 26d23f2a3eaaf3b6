import { createHash, createHmac } from 'node:crypto';

export interface KeyScope {
  readonly principal: string;
  readonly method: string;
  /** Pattern of the route, such as `/api/orders`. */
  readonly route: string;
  readonly key: string;
}

/**
 * Returns the id of a key's record, 43 characters of base64url. The secret hides keys from readers of the store. The same key
 * of two principals, or on two routes, has two records.
 */
export const recordId = (secret: string, { principal, method, route, key }: KeyScope): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([principal, method, route, key]))
    .digest('base64url');

/**
 * Returns the key to send downstream, which is the same for every attempt. It is a valid `Idempotency-Key` and does not reveal
 * the client's key or the id of its record.
 */
export const deriveKey = (id: string): string =>
  createHash('sha256').update(`downstream:${id}`).digest('base64url');
