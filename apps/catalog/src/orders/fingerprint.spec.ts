import { describe, expect, it } from 'vitest';
import { toFingerprint } from './fingerprint.ts';

const a = { productId: 'a-1999', quantity: 1 };
const b = { productId: 'b-1999', quantity: 2 };

describe('toFingerprint', () => {
  it('returns a versioned hash that stays stable, because it is stored', () => {
    expect(toFingerprint({ items: [a, b], email: 'ann@example.org' })).toBe(
      '1:7203124a06b549e7ea2ccf98fdfcca3b72b5e1d8807657c1a3b236c29a98336c',
    );
  });

  it.each([
    ['the order of items', { items: [b, a] }],
    ['a quantity', { items: [a, { ...b, quantity: 3 }] }],
    ['a product', { items: [a, { ...b, productId: 'c-1999' }] }],
    ['an item', { items: [a] }],
    ['the address', { items: [a, b], email: 'ann@example.org' }],
  ])('depends on %s', (_, other) => {
    expect(toFingerprint(other)).not.toBe(toFingerprint({ items: [a, b] }));
  });
});
