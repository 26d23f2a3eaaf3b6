import { describe, expect, it } from 'vitest';
import { film } from '../../test/films.ts';
import { encodeFilms } from './film-table.ts';
import { scoreSimilarity } from './similarity.ts';

const scores = (...films: Parameters<typeof encodeFilms>[0]): number[] =>
  [...scoreSimilarity(encodeFilms(films), 0)].map((score) => Number(score.toFixed(6)));

describe('similarities', () => {
  it('counts a shared value the more, the fewer films share it', () => {
    // Two of four share the genre, which leaves 0.6 of its weight; all share the rating, which leaves 0.2.
    expect(
      scores(
        film('a', { genre: 'Western', mpaaRating: 'R' }),
        film('b', { genre: 'Western', mpaaRating: 'R' }),
        film('c', { genre: 'Drama', mpaaRating: 'R' }),
        film('d', { genre: 'Drama', mpaaRating: 'R' }),
      ).slice(1),
    ).toEqual([0.7, 0.1, 0.1]);
  });

  it('gives director, genre and creative type one weight, source and rating half of it', () => {
    const target = film('a', { director: 'D', genre: 'G', creativeType: 'C', source: 'S', mpaaRating: 'R' });
    const score = (known: object): number | undefined =>
      scores(target, film('b', known), film('c'), film('d'))[1];
    expect(score({ director: 'D' })).toBe(0.6);
    expect(score({ genre: 'G' })).toBe(0.6);
    expect(score({ creativeType: 'C' })).toBe(0.6);
    expect(score({ source: 'S' })).toBe(0.3);
    expect(score({ mpaaRating: 'R' })).toBe(0.3);
  });

  it('never matches what is unknown', () => {
    expect(scores(film('a'), film('b'))).toEqual([0, 0]);
  });

  it('brings films of one era together, up to twenty years', () => {
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

  it('brings films of like rating together, up to three points', () => {
    const rated = (id: string, rating: number) => film(id, { imdb: { rating, votes: null } });
    // All have the mean's rating score, 7 of 10 and no fame: 0.35.
    expect(scores(rated('a', 8), rated('b', 8), rated('c', 6.5), rated('d', 5), rated('e', 7.5))).toEqual([
      0.55, 0.55, 0.45, 0.35, 0.516667,
    ]);
  });

  it('lets the better known film lead where two are as similar', () => {
    const known = (id: string, votes: number) =>
      film(id, { genre: 'Western', imdb: { rating: null, votes } });
    const [, less, more] = scores(known('a', 0), known('b', 9), known('c', 999));
    expect(less).toBe(0.366667);
    expect(more).toBe(0.7);
  });
});
