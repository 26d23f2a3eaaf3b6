import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import type { Database } from '../database/database.ts';
import { readProgress } from '../database/progress.ts';
import { addOrders, clearOrders, readCoPurchases } from './sales.repository.ts';

/** Each order has one unit of each film. Film `a` has the number 1, `b` 2, and so on. */
function createSales(...orders: string[][]): Database {
  const database = createDatabase([film('a'), film('b'), film('hit')]);
  addOrders(
    database,
    orders.map((ids, index) => entry(index + 1, ids)),
  );
  return database;
}
const [A, B, HIT] = [1, 2, 3];

const countOrders = (database: Database, film: number) =>
  database.get<{ orders: number }>('SELECT orders FROM film WHERE number = ?', film)?.orders ?? 0;
const coPurchases = (database: Database, film: number) =>
  readCoPurchases(database, film, countOrders(database, film));

describe('addOrders', () => {
  it('counts units and orders, and returns the films of the orders', () => {
    const database = createDatabase([film('a'), film('b')]);
    const twice = { ...entry(1, []), items: [{ productId: 'b', quantity: 2 }] };
    expect(addOrders(database, [twice, entry(2, ['b'])])).toEqual(Uint32Array.of(B));
    expect(database.all('SELECT units, orders FROM film ORDER BY number')).toEqual([
      { units: 0, orders: 0 },
      { units: 3, orders: 2 },
    ]);
  });

  it('counts an entry once, and stores the position after the last one', () => {
    const database = createDatabase();
    expect(readProgress(database, 'feed')).toBeUndefined();
    addOrders(database, [entry(1, ['a']), entry(4, ['a'])]);
    expect(readProgress(database, 'feed')).toEqual({ seq: 4, orderId: entry(4, []).orderId });
    expect(addOrders(database, [entry(1, ['a']), entry(4, ['a'])])).toEqual(new Uint32Array());
    addOrders(database, [entry(4, ['a']), entry(5, ['a'])]);
    expect(countOrders(database, A)).toBe(3);
  });

  it('counts a film that is not listed yet', () => {
    const database = createDatabase();
    addOrders(database, [entry(1, ['a', 'b'])]);
    expect(coPurchases(database, A)).toEqual(new Map([[B, 0.25]]));
  });
});

describe('readCoPurchases', () => {
  it('gives a co-purchase more weight with each common order', () => {
    expect(coPurchases(createSales(['a', 'b']), A)).toEqual(new Map([[B, 0.25]]));
    expect(coPurchases(createSales(['a', 'b'], ['a', 'b'], ['a', 'b']), A)).toEqual(new Map([[B, 0.5]]));
  });

  it('gives a co-purchase with a best-seller less weight', () => {
    const database = createSales(['a', 'hit'], ['hit'], ['hit'], ['hit']);
    expect(coPurchases(database, A)).toEqual(new Map([[HIT, 0.125]]));
  });

  it('keeps the most frequent co-purchases, at most 256', () => {
    const database = createSales(['hit', 'b'], ['hit', 'b']);
    const others = Array.from({ length: 255 }, (_, index) => entry(3 + index, ['hit', `film-${index}`]));
    addOrders(database, others);
    expect(coPurchases(database, HIT).size).toBe(256);
    addOrders(database, [entry(999, ['hit', 'one-more'])]);
    expect(coPurchases(database, HIT).size).toBe(128);
    expect(coPurchases(database, HIT).has(B)).toBe(true);
  });

  it('has no co-purchases for a film without sales', () => {
    expect(coPurchases(createSales(['a', 'b']), HIT)).toEqual(new Map());
  });
});

describe('clearOrders', () => {
  it('sets counts and position to the start', () => {
    const database = createSales(['a', 'b']);
    clearOrders(database);
    expect(countOrders(database, A)).toBe(0);
    expect(coPurchases(database, A)).toEqual(new Map());
    expect(readProgress(database, 'feed')).toBeUndefined();
  });
});
