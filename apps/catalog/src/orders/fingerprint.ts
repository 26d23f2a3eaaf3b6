import { createHash } from 'node:crypto';
import type { OrderRequest } from '@film-store/contracts';

/**
 * Returns a hash of the request that does not depend on the format of its JSON. The hash is stored and begins with a
 * version, because fingerprints of different versions cannot be compared.
 */
export function toFingerprint({ items, email }: OrderRequest): string {
  const canonical = [items.map(({ productId, quantity }) => [productId, quantity]), email ?? null];
  return `1:${createHash('sha256').update(JSON.stringify(canonical)).digest('hex')}`;
}
