import { hash } from 'node:crypto';
import { film, films } from '../../apps/gateway/test/fake-upstream.ts';

/** Returns a number from 0 up to 1, exclusive, the same for the same text in every run. */
export const chance = (text: string): number =>
  Number.parseInt(hash('sha256', text).slice(0, 8), 16) / 2 ** 32;

const popular = Array.from({ length: 6 }, (_, index) => `pick-${index}`);

/** The bodies for all paths that a gateway requests. */
export function responseTo(path: string): unknown {
  // #region part: recommendations
  if (path.startsWith('/recommendations')) return films(...popular);
  // #endregion part: recommendations
  if (path === '/products') return { items: popular.map(film), nextCursor: null };
  // A service that a team has added lists entries.
  if (!path.startsWith('/products/')) return { items: [] };
  return {
    product: film(path.slice('/products/'.length)),
    availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
  };
}
