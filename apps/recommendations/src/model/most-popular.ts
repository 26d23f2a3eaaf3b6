import type { Product } from '@film-store/contracts';
import type { Sales } from './sales.ts';
import { findTop } from './top.ts';

/**
 * Worth of one sold unit for a film's popularity, in IMDB votes. The votes rank the films of a store that has sold
 * nothing; some hundred sales of its own outweigh those of the best-known film (half a million).
 */
const VOTES_PER_UNIT = 1000;

/** The most popular films, best first; equally popular ones in the order given. */
export function findMostPopular(films: readonly Product[], sales: Sales, count: number): Product[] {
  const scores = Float64Array.from(
    films,
    (film) => (film.imdb.votes ?? 0) + VOTES_PER_UNIT * sales.units(film.id),
  );
  return findTop(scores, count).map((position) => films[position]!);
}
