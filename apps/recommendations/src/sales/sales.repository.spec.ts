import { describe, expect, it } from 'vitest';
import { seeded } from '@film-store/core';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import type { Database } from '../database/database.ts';
import { readProgress } from '../database/progress.ts';
import { storeFilms } from '../films/films.repository.ts';
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
  database.get<{ orders: number }>('SELECT orders FROM sales WHERE film = ?', film)?.orders ?? 0;

/** Computes the strengths from all orders, by the number of the other film. */
function countCoPurchases(
  orders: readonly string[][],
  ids: readonly string[],
  id: string,
): Map<number, number> {
  const count = (...films: string[]) =>
    orders.filter((order) => films.every((film) => order.includes(film))).length;
  const others = [...ids.entries()].filter(([, other]) => other !== id && count(id, other) > 0);
  return new Map(
    others.map(([index, other]) => {
      const together = count(id, other);
      const cosine = together / Math.sqrt(count(id) * count(other));
      return [index + 1, (cosine * together) / (together + 3)];
    }),
  );
}

describe('addOrders', () => {
  it('counts units and orders, and returns the films of the orders', () => {
    const database = createDatabase([film('a'), film('b')]);
    const twice = { ...entry(1, []), items: [{ productId: 'b', quantity: 2 }] };
    expect(addOrders(database, [twice, entry(2, ['b'])])).toEqual(Uint32Array.of(B));
    expect(database.all('SELECT film, units, orders FROM sales')).toEqual([{ film: B, units: 3, orders: 2 }]);
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
    expect(readCoPurchases(database, A)).toEqual(new Map([[B, 0.25]]));
  });
});

describe('readCoPurchases', () => {
  it('gives a co-purchase more weight with each common order', () => {
    expect(readCoPurchases(createSales(['a', 'b']), A)).toEqual(new Map([[B, 0.25]]));
    expect(readCoPurchases(createSales(['a', 'b'], ['a', 'b'], ['a', 'b']), A)).toEqual(new Map([[B, 0.5]]));
  });

  it('gives a co-purchase with a best-seller less weight', () => {
    const database = createSales(['a', 'hit'], ['hit'], ['hit'], ['hit']);
    expect(readCoPurchases(database, A)).toEqual(new Map([[HIT, 0.125]]));
  });

  it('keeps the most frequent co-purchases, at most 256', () => {
    const database = createSales(['hit', 'b'], ['hit', 'b']);
    const others = Array.from({ length: 255 }, (_, index) => entry(3 + index, ['hit', `film-${index}`]));
    addOrders(database, others);
    expect(readCoPurchases(database, HIT).size).toBe(256);
    addOrders(database, [entry(999, ['hit', 'one-more'])]);
    expect(readCoPurchases(database, HIT).size).toBe(128);
    expect(readCoPurchases(database, HIT).has(B)).toBe(true);
  });

  it('has the result of a count of all orders', () => {
    const random = seeded(1);
    const ids = ['a', 'b', 'hit', 'd', 'e', 'f', 'g', 'h'];
    const database = createSales();
    // Gives the films their numbers.
    storeFilms(
      database,
      ids.map((id) => film(id)),
    );
    const orders: string[][] = [];
    for (let page = 0; page < 30; page++) {
      const newOrders = Array.from({ length: 4 }, () => ids.filter(() => random() < 0.4));
      addOrders(
        database,
        newOrders.map((lines, index) => entry(orders.length + index + 1, lines)),
      );
      orders.push(...newOrders);
      for (const [film, id] of ids.entries())
        expect(readCoPurchases(database, film + 1)).toEqual(countCoPurchases(orders, ids, id));
    }
  });

  it('has no co-purchases for a film without sales', () => {
    expect(readCoPurchases(createSales(['a', 'b']), HIT)).toEqual(new Map());
  });
});

describe('clearOrders', () => {
  it('sets counts and position to the start', () => {
    const database = createSales(['a', 'b']);
    clearOrders(database);
    expect(countOrders(database, A)).toBe(0);
    expect(readCoPurchases(database, A)).toEqual(new Map());
    expect(readProgress(database, 'feed')).toBeUndefined();
  });
});
