import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import { readProducts, storeFilms } from '../films/films.repository.ts';
import { findMostPopular } from '../films/popular-films.ts';
import { addOrders, readCoPurchases } from '../sales/sales.repository.ts';
import { openDatabase, openOrReplace } from './database.ts';
import { readProgress } from './progress.ts';

const POSITION = { seq: 7, orderId: entry(7, []).orderId };

/** The tables of version 1, with three films, of which `c` is not listed, and seven orders. */
const VERSION_1 = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE film (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    listed INTEGER NOT NULL DEFAULT 0,
    kind INTEGER,
    director INTEGER,
    year INTEGER,
    rating REAL,
    votes INTEGER,
    units INTEGER NOT NULL DEFAULT 0,
    orders INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX film_popularity ON film (ifnull(votes, 0) + 1000 * units DESC, id) WHERE listed;
  CREATE TABLE product (number INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE term (code INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE co_purchase (
    film INTEGER NOT NULL,
    other INTEGER NOT NULL,
    orders INTEGER NOT NULL,
    PRIMARY KEY (film, other)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE progress (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  INSERT INTO term VALUES (1, '[null,null,null,null]');
  INSERT INTO film VALUES
    (1, 'a', 1, 1, NULL, NULL, NULL, 2500, 2, 2),
    (2, 'b', 1, 1, NULL, NULL, NULL, NULL, 9, 4),
    (3, 'c', 0, NULL, NULL, NULL, NULL, NULL, 1, 1),
    (4, 'd', 1, 1, NULL, NULL, NULL, 7000, 0, 0);
  INSERT INTO product VALUES ${['a', 'b', 'd'].map((id, index) => `(${[1, 2, 4][index]}, '${JSON.stringify(film(id))}')`).join()};
  INSERT INTO co_purchase VALUES (1, 2, 1), (1, 3, 1), (2, 1, 1), (3, 1, 1);
  INSERT INTO progress VALUES ('feed', '${JSON.stringify(POSITION)}'), ('films', '"2026-01-01T00:00:00.000Z"');
  PRAGMA user_version = 1;
`;

function createOldFile(change = ''): string {
  const file = join(createDirectory(), 'test.sqlite');
  const connection = new DatabaseSync(file);
  connection.exec(VERSION_1 + change);
  connection.close();
  return file;
}

describe('a file of version 1', () => {
  it('keeps its films, counts and position', () => {
    const { database, discarded } = openOrReplace(createOldFile());
    expect(discarded).toBeUndefined();
    expect(database.all('SELECT film, units, orders FROM sales')).toEqual([
      { film: 1, units: 2, orders: 2 },
      { film: 2, units: 9, orders: 4 },
      { film: 3, units: 1, orders: 1 },
    ]);
    expect(readCoPurchases(database, 1)).toEqual(
      new Map([
        [2, 1 / Math.sqrt(2 * 4) / 4],
        [3, 1 / Math.sqrt(2) / 4],
      ]),
    );
    expect([...findMostPopular(database, 9)]).toEqual([2, 4, 1]);
    expect(readProducts(database, [2])).toEqual([[2, JSON.stringify(film('b'))]]);
    expect(readProgress(database, 'feed')).toEqual(POSITION);
    expect(readProgress(database, 'films')).toBe('2026-01-01T00:00:00.000Z');
    database.close();
  });

  it('counts the orders after its position', () => {
    const database = openDatabase(createOldFile());
    expect(storeFilms(database, [film('a'), film('c')])).toEqual({
      numbers: Uint32Array.of(1, 3),
      changed: 1,
    });
    addOrders(database, [entry(7, ['d']), entry(8, ['d', 'e'])]);
    expect(database.all('SELECT film, units, orders FROM sales WHERE film > 3')).toEqual([
      { film: 4, units: 1, orders: 1 },
      { film: 5, units: 1, orders: 1 },
    ]);
    expect([...findMostPopular(database, 9)]).toEqual([2, 4, 1, 3]);
    database.close();
  });

  /** Film 1 has been copied, with a count that shows if it is copied again. */
  const STOPPED = `
    CREATE TABLE sales (
      film INTEGER PRIMARY KEY, units INTEGER NOT NULL, orders INTEGER NOT NULL, votes INTEGER, others BLOB NOT NULL
    ) STRICT;
    INSERT INTO sales VALUES (1, 99, 2, 2500, x'');
    INSERT INTO progress SELECT 'copy', json FROM progress WHERE name = 'feed';
  `;
  const migrate = (change: string) => {
    const file = createOldFile(change);
    openDatabase(file).close();
    const database = openDatabase(file);
    const units = database.all<{ units: number }>('SELECT units FROM sales ORDER BY film');
    database.close();
    return units.map((row) => row.units);
  };

  it('is migrated further after a migration that did not end', () => {
    expect(migrate(STOPPED)).toEqual([99, 9, 1]);
  });

  it('is migrated again when version 1 has counted orders since', () => {
    const order = `UPDATE progress SET json = '{"seq":8,"orderId":"8"}' WHERE name = 'feed';`;
    expect(migrate(STOPPED + order)).toEqual([2, 9, 1]);
  });
});
