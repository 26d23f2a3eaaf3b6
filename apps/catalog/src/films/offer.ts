import { createHash } from 'node:crypto';
import type { Film } from './films.schema.ts';

/** Prices in cents of a euro, by the year of release: newer films cost more. */
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
 * How many of a film the store starts with, drawn from the film's id: mostly 20 to 200; of a hundred films about
 * three are sold out and five are scarce (1 to 5), so that both can be seen without selling anything first.
 */
export function toInitialStock(id: string): number {
  const digest = createHash('sha256').update(id).digest();
  const share = digest.readUInt32BE(0) % 100;
  const draw = digest.readUInt32BE(4);
  if (share < 3) return 0;
  if (share < 8) return 1 + (draw % 5);
  return 20 + (draw % 181);
}
