import { describe, expect, it } from 'vitest';
import type { Product } from '@film-store/contracts';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { buildTable } from './build-table.ts';
import { Similarity } from './similarity.ts';

/** Returns the similarity of all films to the first. */
function scores(...films: Product[]): number[] {
  const similarity = new Similarity(buildTable(createDatabase(films)), 1);
  return films.map((_, index) => Number(similarity.score(index + 1).toFixed(6)));
}

describe('similarities', () => {
  it('gives rare values more weight than common values', () => {
    // Two of four films have the genre: 0.6 of its weight. All have the age rating: 0.2 of its weight.
    expect(
      scores(
        film('a', { genre: 'Western', mpaaRating: 'R' }),
        film('b', { genre: 'Western', mpaaRating: 'R' }),
        film('c', { genre: 'Drama', mpaaRating: 'R' }),
        film('d', { genre: 'Drama', mpaaRating: 'R' }),
      ).slice(1),
    ).toEqual([0.7, 0.1, 0.1]);
  });

  it('weights director, genre and creative type twice as much as source and age rating', () => {
    const target = film('a', { director: 'D', genre: 'G', creativeType: 'C', source: 'S', mpaaRating: 'R' });
    const score = (known: object): number | undefined =>
      scores(target, film('b', known), film('c'), film('d'))[1];
    expect(score({ director: 'D' })).toBe(0.6);
    expect(score({ genre: 'G' })).toBe(0.6);
    expect(score({ creativeType: 'C' })).toBe(0.6);
    expect(score({ source: 'S' })).toBe(0.3);
    expect(score({ mpaaRating: 'R' })).toBe(0.3);
  });

  it('does not match unknown values', () => {
    expect(scores(film('a'), film('b'))).toEqual([0, 0]);
  });

  it('adds points for release years less than twenty years apart', () => {
    expect(
      scores(
        film('a', { releaseDate: '1990-06-01' }),
        film('b', { releaseDate: '1990-01-01' }),
        film('c', { releaseDate: '1980-01-01' }),
        film('d', { releaseDate: '1971-12-31' }),
        film('e', { releaseDate: '1970-12-31' }),
      ).slice(1),
    ).toEqual([0.2, 0.1, 0.01, 0]);
  });

  it('adds points for ratings less than three points apart', () => {
    const rated = (id: string, rating: number) => film(id, { imdb: { rating, votes: null } });
    // Without votes, all have the rating score of the mean rating 7: 0.35.
    expect(scores(rated('a', 8), rated('b', 8), rated('c', 6.5), rated('d', 5), rated('e', 7.5))).toEqual([
      0.55, 0.55, 0.45, 0.35, 0.516667,
    ]);
  });

  it('ranks the better known of two equally similar films higher', () => {
    const known = (id: string, votes: number) =>
      film(id, { genre: 'Western', imdb: { rating: null, votes } });
    const [, less, more] = scores(known('a', 0), known('b', 9), known('c', 999));
    expect(less).toBe(0.366667);
    expect(more).toBe(0.7);
  });
});
