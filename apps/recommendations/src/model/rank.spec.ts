import { describe, expect, it } from 'vitest';
import { film } from '../../test/films.ts';
import { encodeFilms } from './film-table.ts';
import { rank } from './rank.ts';

const table = encodeFilms([
  film('a', { director: 'Leone', genre: 'Western' }),
  film('b', { genre: 'Western' }),
  film('c', { director: 'Leone', genre: 'Western' }),
  film('d'),
]);

describe('rank', () => {
  it('ranks the more similar film first and excludes the target', () => {
    expect(rank({ table, target: 0, coPurchases: new Float64Array(4), count: 50 })).toEqual([2, 1, 3]);
  });

  it('excludes the target from a short list', () => {
    expect(rank({ table, target: 0, coPurchases: new Float64Array(4), count: 1 })).toEqual([2]);
  });

  it('ranks co-purchases above similarity', () => {
    expect(rank({ table, target: 0, coPurchases: Float64Array.of(0, 0, 0, 0.9), count: 2 })).toEqual([3, 2]);
  });
});
