import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import type { Database } from '../database/database.ts';
import { readProgress } from '../database/progress.ts';
import { addOrders } from '../sales/sales.repository.ts';
import { readProducts, removeOtherFilms, storeFilms } from './films.repository.ts';
import { findMostPopular } from './popular-films.ts';

const AS_OF = '2026-01-01T00:00:00.000Z';

const toBits = (...numbers: number[]): Uint8Array => {
  const bits = new Uint8Array(8);
  for (const number of numbers) bits[number >> 3]! |= 1 << (number & 7);
  return bits;
};
const sell = (database: Database, seq: number, productId: string, quantity: number) =>
  addOrders(database, [{ ...entry(seq, []), items: [{ productId, quantity }] }]);

describe('storeFilms', () => {
  it('gives each film a number that it keeps, and counts new and changed films', () => {
    const database = createDatabase();
    expect(storeFilms(database, [film('a'), film('b')])).toEqual({
      numbers: Uint32Array.of(1, 2),
      changed: 2,
    });
    expect(storeFilms(database, [film('b', { title: 'New' }), film('a')])).toEqual({
      numbers: Uint32Array.of(2, 1),
      changed: 1,
    });
    expect(readProducts(database, [2])).toEqual([[2, JSON.stringify(film('b', { title: 'New' }))]]);
  });

  it('stores all films of a page or none', () => {
    const database = createDatabase();
    const invalid = { ...film('b'), id: null as unknown as string };
    expect(() => storeFilms(database, [film('a'), invalid])).toThrowError('NOT NULL');
    expect(storeFilms(database, [film('a')]).changed).toBe(1);
  });
});

describe('removeOtherFilms', () => {
  it('removes the films that a read did not find, and stores the time of the read', () => {
    const database = createDatabase([film('a'), film('b'), film('c')]);
    expect(readProgress(database, 'films')).toBeUndefined();
    expect(removeOtherFilms(database, toBits(1, 3), AS_OF)).toBe(1);
    expect(readProgress(database, 'films')).toBe(AS_OF);
    expect([...findMostPopular(database, 9)]).toEqual([1, 3]);
    expect(readProducts(database, [2])).toEqual([]);
  });

  it('keeps the sales of a removed film until it is listed again', () => {
    const database = createDatabase([film('a'), film('b')]);
    sell(database, 1, 'b', 1);
    removeOtherFilms(database, toBits(1), AS_OF);
    storeFilms(database, [film('b')]);
    expect([...findMostPopular(database, 9)]).toEqual([2, 1]);
  });
});
