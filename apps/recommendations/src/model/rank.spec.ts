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
  it('puts the more similar film first and leaves the target out', () => {
    expect(rank({ table, target: 0, coPurchases: new Float64Array(4), count: 50 })).toEqual([2, 1, 3]);
  });

  it('leaves the target out of a short list too', () => {
    expect(rank({ table, target: 0, coPurchases: new Float64Array(4), count: 1 })).toEqual([2]);
  });

  it('lets what is always bought together overrule what is alike', () => {
    expect(rank({ table, target: 0, coPurchases: Float64Array.of(0, 0, 0, 0.9), count: 2 })).toEqual([3, 2]);
  });
});
