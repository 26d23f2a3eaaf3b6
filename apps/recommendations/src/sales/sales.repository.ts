import type { OrderFeedEntry } from '@film-store/contracts';
import type { Database } from '../database/database.ts';
import { readProgress, writeProgress } from '../database/progress.ts';
import { PAIR_BASE, findCoPurchases } from './co-purchases.ts';
import { type CoPurchase, computeStrength } from './strength.ts';

/** Most co-purchased films per film. Above it, only the more frequent half is kept, which bounds the file. */
const MAX_CO_PURCHASES = 256;

interface FilmSales {
  units: number;
  orders: number;
}

/**
 * Adds entries of the feed, and stores the position after them in the same transaction. Skips entries that are in the counts
 * already, so that a call can be repeated.
 * @returns the numbers of the films in the added orders
 */
export function addOrders(database: Database, entries: readonly OrderFeedEntry[]): Uint32Array {
  return database.transact(() => {
    const stored = readProgress(database, 'feed')?.seq ?? 0;
    const orders = entries.filter(({ seq }) => seq > stored);
    const last = orders.at(-1);
    if (!last) return new Uint32Array();
    const numbers = findNumbers(database, orders);
    const sales = new Map<number, FilmSales>();
    for (const { productId, quantity } of orders.flatMap(({ items }) => items)) {
      const film = numbers.get(productId)!;
      const { units, orders } = sales.get(film) ?? { units: 0, orders: 0 };
      sales.set(film, { units: units + quantity, orders: orders + 1 });
    }
    writeSales(database, sales);
    const films = orders.map(({ items }) => items.map(({ productId }) => numbers.get(productId)!));
    writeCoPurchases(database, findCoPurchases(films));
    writeProgress(database, 'feed', { seq: last.seq, orderId: last.orderId });
    return Uint32Array.from(sales.keys());
  });
}

/** Sets all counts to zero, and the position to the start of the feed. */
export function clearOrders(database: Database): void {
  database.transact(() => {
    database.run('UPDATE film SET units = 0, orders = 0 WHERE orders > 0');
    database.run('DELETE FROM co_purchase');
    database.run(`DELETE FROM progress WHERE name = 'feed'`);
  });
}

/** Returns the strength of a film's co-purchases by the number of the other film, from 0 to 1. */
export function readCoPurchases(database: Database, film: number, orders: number): Map<number, number> {
  const rows = database.all<CoPurchase>(
    `SELECT other, co_purchase.orders AS together, film.orders AS otherOrders
     FROM co_purchase JOIN film ON film.number = other WHERE film = ?`,
    film,
  );
  return new Map(rows.map((row) => [row.other, computeStrength(orders, row)]));
}

/** Returns the numbers of the films in the orders by id. A film that catalog has not listed yet gets a number too. */
function findNumbers(database: Database, orders: readonly OrderFeedEntry[]): ReadonlyMap<string, number> {
  const ids = orders.flatMap(({ items }) => items.map(({ productId }) => productId));
  const json = JSON.stringify([...new Set(ids)]);
  database.run(
    'INSERT INTO film (id) SELECT value FROM json_each(?) WHERE true ON CONFLICT (id) DO NOTHING',
    json,
  );
  const rows = database.all<{ id: string; number: number }>(
    'SELECT id, number FROM film WHERE id IN (SELECT value FROM json_each(?))',
    json,
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}

function writeSales(database: Database, sales: ReadonlyMap<number, FilmSales>): void {
  database.run(
    `UPDATE film SET units = units + (row.value ->> 1), orders = orders + (row.value ->> 2)
     FROM json_each(?) AS row WHERE number = (row.value ->> 0)`,
    JSON.stringify([...sales].map(([film, { units, orders }]) => [film, units, orders])),
  );
}

function writeCoPurchases(database: Database, pairs: Float64Array): void {
  const json = `[${pairs.join()}]`;
  database.run(
    `INSERT INTO co_purchase (film, other, orders)
     SELECT value / ${PAIR_BASE}, value % ${PAIR_BASE}, 1 FROM json_each(?) WHERE true
     ON CONFLICT (film, other) DO UPDATE SET orders = orders + 1`,
    json,
  );
  const crowded = database.all<{ film: number }>(
    `SELECT film FROM co_purchase WHERE film IN (SELECT value / ${PAIR_BASE} FROM json_each(?))
     GROUP BY film HAVING count(*) > ?`,
    json,
    MAX_CO_PURCHASES,
  );
  for (const { film } of crowded) {
    database.run(
      `DELETE FROM co_purchase WHERE film = ? AND other NOT IN (
         SELECT other FROM co_purchase WHERE film = ? ORDER BY orders DESC, other LIMIT ?)`,
      film,
      film,
      MAX_CO_PURCHASES / 2,
    );
  }
}
