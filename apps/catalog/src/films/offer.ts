import { createHash } from 'node:crypto';
import type { Film } from './films.schema.ts';

/** Prices in cents by release year: newer films cost more. */
const PRICE_TIERS = [
  { since: '2009', price: 1499 },
  { since: '2004', price: 1199 },
  { since: '1995', price: 999 },
] as const;
const LOWEST_PRICE = 799;
const ACCLAIMED = { rating: 8, surcharge: 200 };

export function toPrice({ releaseDate, imdb }: Pick<Film, 'releaseDate' | 'imdb'>): number {
  const tier = PRICE_TIERS.find(({ since }) => releaseDate !== null && releaseDate >= since);
  const surcharge = (imdb.rating ?? 0) >= ACCLAIMED.rating ? ACCLAIMED.surcharge : 0;
  return (tier?.price ?? LOWEST_PRICE) + surcharge;
}

/**
 * Derives a film's initial stock from a hash of its id. About 3 % of the films are sold out, 5 % have 1 to 5 copies, and
 * the others have 20 to 200. A demo shows all three cases.
 */
export function toInitialStock(id: string): number {
  const digest = createHash('sha256').update(id).digest();
  const percentile = digest.readUInt32BE(0) % 100;
  const random = digest.readUInt32BE(4);
  if (percentile < 3) return 0;
  if (percentile < 8) return 1 + (random % 5);
  return 20 + (random % 181);
}
