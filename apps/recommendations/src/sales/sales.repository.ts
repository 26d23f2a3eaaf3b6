import type { OrderFeedEntry } from '@film-store/contracts';
import type { Database } from '../database/database.ts';
import { readProgress, writeProgress } from '../database/progress.ts';
import { VOTES_PER_UNIT, readPopularLimit, rebuildPopular, updatePopular } from '../films/popular-films.ts';
import { type CoPurchaseList, EMPTY_LIST, addToList, decodeList } from './co-purchase-list.ts';
import { PAIR_BASE, findCoPurchases } from './co-purchases.ts';
import { computeStrength } from './strength.ts';

/** Units and orders of a film. */
interface Count {
  readonly units: number;
  readonly orders: number;
}

interface Sales extends Count {
  /** NULL for a film that is not listed. */
  readonly votes: number | null;
  readonly others: CoPurchaseList;
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
    const films = orders.map(({ items }) => items.map(({ productId }) => numbers.get(productId)!));
    const counts = countLines(orders, numbers);
    // In their order, which reads each page once.
    const sold = Uint32Array.from(counts.keys()).toSorted();
    const popular = writeSales(database, sold, counts, findCoPurchases(films));
    updatePopular(database, popular);
    writeProgress(database, 'feed', { seq: last.seq, orderId: last.orderId });
    return sold;
  });
}

/** Sets all counts to zero, and the position to the start of the feed. */
export function clearOrders(database: Database): void {
  database.transact(() => {
    database.run('DELETE FROM sales');
    rebuildPopular(database);
    database.run(`DELETE FROM progress WHERE name = 'feed'`);
  });
}

/** Returns the strength of a film's co-purchases by the number of the other film, from 0 to 1. */
export function readCoPurchases(database: Database, film: number): Map<number, number> {
  // The writer may clear all orders between two reads.
  return database.transact(() => {
    const sales = readSales(database, film);
    if (!sales) return new Map<number, number>();
    const counts = decodeList(sales.others);
    const orders = readOrders(database, [...counts.keys()]);
    const strengths = new Map<number, number>();
    let next = 0;
    for (const [other, together] of counts) {
      strengths.set(other, computeStrength(sales.orders, { together, otherOrders: orders[next]! }));
      next += 1;
    }
    return strengths;
  }, 'DEFERRED');
}

/** Returns the number of orders of each film. As one value, because a row for each film takes longer. */
function readOrders(database: Database, films: readonly number[]): readonly number[] {
  const row = database.get<{ orders: string }>(
    'SELECT json_group_array(orders) AS orders FROM json_each(?) CROSS JOIN sales ON film = value',
    JSON.stringify(films),
  );
  return JSON.parse(row!.orders) as number[];
}

const readSales = (database: Database, film: number): Sales | undefined =>
  database.get<Sales>('SELECT units, orders, votes, others FROM sales WHERE film = ?', film);

/** Returns the sales of a film that no order had. */
function createSales(database: Database, film: number): Sales {
  const query = 'SELECT iif(listed, ifnull(votes, 0), NULL) AS votes FROM film WHERE number = ?';
  return { units: 0, orders: 0, ...database.get<Pick<Sales, 'votes'>>(query, film)!, others: EMPTY_LIST };
}

/** Returns the numbers of the films in the orders by id. A film that catalog has not listed yet gets a number too. */
function findNumbers(database: Database, orders: readonly OrderFeedEntry[]): ReadonlyMap<string, number> {
  const ids = new Set(orders.flatMap(({ items }) => items.map(({ productId }) => productId)));
  const known = database.all<{ id: string; number: number }>(
    'SELECT id, number FROM film WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify([...ids]),
  );
  const numbers = new Map(known.map(({ id, number }) => [id, number]));
  for (const id of ids) {
    if (numbers.has(id)) continue;
    const added = database.get<{ number: number }>('INSERT INTO film (id) VALUES (?) RETURNING number', id);
    numbers.set(id, added!.number);
  }
  return numbers;
}

function countLines(
  orders: readonly OrderFeedEntry[],
  numbers: ReadonlyMap<string, number>,
): ReadonlyMap<number, Count> {
  const counts = new Map<number, Count>();
  for (const { productId, quantity } of orders.flatMap(({ items }) => items)) {
    const film = numbers.get(productId)!;
    const { units, orders } = counts.get(film) ?? { units: 0, orders: 0 };
    counts.set(film, { units: units + quantity, orders: orders + 1 });
  }
  return counts;
}

/**
 * @param films numbers in ascending order
 * @param pairs see `findCoPurchases`
 * @returns the films that may be in the list of the most popular ones
 */
function writeSales(
  database: Database,
  films: Uint32Array,
  counts: ReadonlyMap<number, Count>,
  pairs: Float64Array,
): number[] {
  const limit = readPopularLimit(database);
  const popular: number[] = [];
  let next = 0;
  for (const film of films) {
    const others: number[] = [];
    for (; next < pairs.length && pairs[next]! < (film + 1) * PAIR_BASE; next++) {
      others.push(pairs[next]! - film * PAIR_BASE);
    }
    const stored = readSales(database, film) ?? createSales(database, film);
    const sales = addSales(stored, counts.get(film)!, others);
    writeFilm(database, film, sales);
    if (sales.votes !== null && sales.votes + VOTES_PER_UNIT * sales.units >= limit) popular.push(film);
  }
  return popular;
}

const addSales = (stored: Sales, { units, orders }: Count, others: readonly number[]): Sales => ({
  units: stored.units + units,
  orders: stored.orders + orders,
  votes: stored.votes,
  others: addToList(stored.others, others),
});

const writeFilm = (database: Database, film: number, { units, orders, votes, others }: Sales): void =>
  database.run(
    `INSERT INTO sales VALUES (?, ?, ?, ?, ?) ON CONFLICT (film) DO UPDATE SET
     units = excluded.units, orders = excluded.orders, others = excluded.others`,
    film,
    units,
    orders,
    votes,
    others,
  );
