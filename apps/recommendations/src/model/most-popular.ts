import type { Product } from '@film-store/contracts';
import type { Sales } from './sales.ts';
import { findTop } from './top.ts';

/**
 * Popularity of one sold unit, in IMDB votes. Votes rank the films before the first sale. The best-known film has half a
 * million votes, so about 500 sales outweigh it.
 */
const VOTES_PER_UNIT = 1000;

/** Returns the most popular films, best first. Films with equal popularity keep their order. */
export function findMostPopular(films: readonly Product[], sales: Sales, count: number): Product[] {
  const scores = Float64Array.from(
    films,
    (film) => (film.imdb.votes ?? 0) + VOTES_PER_UNIT * sales.units(film.id),
  );
  return findTop(scores, count).map((position) => films[position]!);
}
