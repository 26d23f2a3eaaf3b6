import { encodeList } from '../sales/co-purchase-list.ts';
import type { Database } from './database.ts';

/**
 * Tables of version 1: `film` had units and orders, an index had the popularity of all films, and each pair of films had a
 * row. Remove this file with the next version of the tables.
 */

/** Films that are copied in one transaction. The write-ahead log grows with them. */
const BATCH = 20_000;

interface OldSales {
  readonly number: number;
  readonly units: number;
  readonly orders: number;
  readonly votes: number | null;
}

/**
 * Copies the counts of all orders into `sales`. Continues the copy of a process that stopped, because a start has limited time,
 * but not if version 1 has counted orders since.
 */
export function copySales(database: Database): void {
  database.transact(() => beginCopy(database));
  let last = database.get<{ film: number | null }>('SELECT max(film) AS film FROM sales')?.film ?? 0;
  for (let films = readBatch(database, last); films.length > 0; films = readBatch(database, last)) {
    database.transact(() => {
      for (const film of films) copy(database, film);
    });
    last = films.at(-1)!.number;
  }
}

function beginCopy(database: Database): void {
  const begun = database.get(
    `SELECT 1 FROM progress JOIN progress AS copy USING (json) WHERE progress.name = 'feed' AND copy.name = 'copy'`,
  );
  if (begun) return;
  database.execute(`
    DELETE FROM sales;
    INSERT OR REPLACE INTO progress SELECT 'copy', json FROM progress WHERE name = 'feed';
  `);
}

export function removeOldSales(database: Database): void {
  database.execute(`
    DELETE FROM progress WHERE name = 'copy';
    DROP TABLE co_purchase;
    DROP INDEX film_popularity;
    ALTER TABLE film DROP COLUMN units;
    ALTER TABLE film DROP COLUMN orders;
  `);
}

const readBatch = (database: Database, after: number): OldSales[] =>
  database.all<OldSales>(
    'SELECT number, units, orders, iif(listed, ifnull(votes, 0), NULL) AS votes FROM film WHERE number > ? AND orders > 0 ORDER BY number LIMIT ?',
    after,
    BATCH,
  );

function copy(database: Database, { number, votes, units, orders }: OldSales): void {
  const pairs = database.all<{ other: number; orders: number }>(
    'SELECT other, orders FROM co_purchase WHERE film = ? ORDER BY other',
    number,
  );
  const others = encodeList(new Map(pairs.map((pair) => [pair.other, pair.orders])));
  database.run('INSERT INTO sales VALUES (?, ?, ?, ?, ?)', number, units, orders, votes, others);
}
