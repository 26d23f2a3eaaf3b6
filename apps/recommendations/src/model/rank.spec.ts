import { describe, expect, it } from 'vitest';
import type { Product } from '@film-store/contracts';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { scanAll } from '../../test/scan-all.ts';
import { buildTable } from './build-table.ts';
import { rank } from './rank.ts';

const createTable = (films: readonly Product[]) => buildTable(createDatabase(films));

const films = [
  film('a', { director: 'Leone', genre: 'Western' }),
  film('b', { genre: 'Western' }),
  film('c', { director: 'Leone', genre: 'Western' }),
  film('d'),
];
const NONE = new Map<number, number>();

describe('rank', () => {
  it('ranks the more similar film first and excludes the target', () => {
    const ranked = rank({ table: createTable(films), target: 1, coPurchases: NONE, count: 50 });
    expect([...ranked]).toEqual([3, 2, 4]);
  });

  it('excludes the target from a short list', () => {
    const ranked = rank({ table: createTable(films), target: 1, coPurchases: NONE, count: 1 });
    expect([...ranked]).toEqual([3]);
  });

  it('ranks co-purchases above similarity', () => {
    const coPurchases = new Map([[4, 0.9]]);
    const ranked = rank({ table: createTable(films), target: 1, coPurchases, count: 2 });
    expect([...ranked]).toEqual([4, 3]);
  });

  it('ranks films with equal scores by id, whatever their numbers are', () => {
    const table = createTable([film('m'), film('c'), film('b'), film('d'), film('a')]);
    expect([...rank({ table, target: 1, coPurchases: NONE, count: 3 })]).toEqual([5, 3, 2]);
  });

  it('ignores a co-purchased film that is not listed', () => {
    const coPurchases = new Map([[99, 0.9]]);
    expect([...rank({ table: createTable(films), target: 1, coPurchases, count: 1 })]).toEqual([3]);
  });

  it.each([1, 2, 3, 4, 5, 6])('has the result of a scan of all films (seed %i)', (seed) => {
    const random = createRandom(seed);
    const films = createFilms(random, 400);
    const table = createTable(films);
    for (let round = 0; round < 25; round++) {
      const target = 1 + Math.floor(random() * films.length);
      const coPurchases = new Map(
        Array.from({ length: Math.floor(random() * 8) }, () => [
          1 + Math.floor(random() * films.length),
          random(),
        ]),
      );
      const count = 1 + Math.floor(random() * 60);
      expect([...rank({ table, target, coPurchases, count })]).toEqual(
        scanAll(films, target, coPurchases, count),
      );
    }
  });
});

/** Returns a linear congruential generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Few values for each attribute, so that many films match, and many have equal scores. */
function createFilms(random: () => number, count: number): Product[] {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, (_, index) =>
    film(`film-${Math.imul(index, 7919) % 10_007}`, {
      genre: pick(null, 'Western', 'Drama', 'Drama', 'Comedy'),
      creativeType: pick(null, 'Fiction', 'Fact'),
      source: pick(null, 'Book', 'Game', 'Original'),
      director: pick(null, null, 'Leone', 'Ford', `D${index % 40}`),
      mpaaRating: pick(null, 'R', 'PG'),
      releaseDate: pick(null, `${1950 + Math.floor(random() * 60)}-01-01`),
      imdb: {
        rating: pick(null, Math.floor(random() * 101) / 10),
        votes: pick(null, 0, Math.floor(random() ** 4 * 500_000)),
      },
    }),
  );
}
