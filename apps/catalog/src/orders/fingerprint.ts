import { createHash } from 'node:crypto';
import type { OrderRequest } from '@film-store/contracts';

/**
 * Equal for requests that ask for the same, however their JSON was written. It is stored: the version in front tells
 * one way of making it from a later one, whose fingerprints cannot be compared.
 */
export function toFingerprint({ items, email }: OrderRequest): string {
  const canonical = [items.map(({ productId, quantity }) => [productId, quantity]), email ?? null];
  return `1:${createHash('sha256').update(JSON.stringify(canonical)).digest('hex')}`;
}
