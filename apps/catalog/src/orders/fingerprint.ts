import { createHash } from 'node:crypto';
import type { OrderRequest } from '@film-store/contracts';

/**
 * Returns a hash that is equal for equal requests, however their JSON was written. It is stored, so it begins with a
 * version: fingerprints of different versions cannot be compared.
 */
export function toFingerprint({ items, email }: OrderRequest): string {
  const canonical = [items.map(({ productId, quantity }) => [productId, quantity]), email ?? null];
  return `1:${createHash('sha256').update(JSON.stringify(canonical)).digest('hex')}`;
}
