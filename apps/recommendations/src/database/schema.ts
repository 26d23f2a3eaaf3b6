import { VOTES_PER_UNIT, rebuildPopular } from '../films/popular-films.ts';
import { UnusableDatabase } from './check-file.ts';
import type { Database } from './database.ts';
import { copySales, removeOldSales } from './old-sales.ts';

/**
 * Increase it with every change of the tables, and migrate the version before it. A file of another version is discarded, and
 * its data is read again.
 */
const SCHEMA_VERSION = 2;

/**
 * A film gets a number at its first sight, in a read of films or in an order, and keeps it. `listed` is 0 for a film that
 * is known from orders only, or that catalog no longer has. Products are in a table of their own, so that a model is built
 * without reading them.
 *
 * An order reads and changes one row of `sales` for each line, and little else. `votes` is NULL for a film that is not listed, and
 * a copy else, so that an order does not read `film`. `others` is a `CoPurchaseList`.
 * `popular` has all films of `ranked_film` down to the limit.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS film (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    listed INTEGER NOT NULL DEFAULT 0,
    kind INTEGER,
    director INTEGER,
    year INTEGER,
    rating REAL,
    votes INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS product (number INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS term (code INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS sales (
    film INTEGER PRIMARY KEY,
    units INTEGER NOT NULL,
    orders INTEGER NOT NULL,
    votes INTEGER,
    others BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS popular (
    film INTEGER PRIMARY KEY,
    popularity INTEGER NOT NULL,
    id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS popular_rank ON popular (popularity DESC, id);
  CREATE TABLE IF NOT EXISTS popular_limit (popularity INTEGER NOT NULL, id TEXT NOT NULL) STRICT;
  CREATE VIEW IF NOT EXISTS ranked_film AS
    SELECT number AS film, ifnull(film.votes, 0) + ${VOTES_PER_UNIT} * ifnull(sales.units, 0) AS popularity, id
    FROM film LEFT JOIN sales ON sales.film = number WHERE listed;
  CREATE TABLE IF NOT EXISTS progress (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
`;

/** Creates the tables of a new file, or migrates those of the version before. @throws UnusableDatabase for other versions */
export function prepareTables(database: Database): void {
  const version = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version;
  if (version === SCHEMA_VERSION) return;
  if (version === 0) database.transact(() => create(database));
  else if (version === SCHEMA_VERSION - 1) migrate(database);
  else throw new UnusableDatabase(`the file has version ${version}`);
}

function create(database: Database): void {
  database.execute(SCHEMA);
  setVersion(database);
}

/** Keeps the old tables until the end, so that a process that stops here loses nothing. */
function migrate(database: Database): void {
  database.transact(() => database.execute(SCHEMA));
  copySales(database);
  database.transact(() => {
    removeOldSales(database);
    rebuildPopular(database);
    setVersion(database);
  });
}

const setVersion = (database: Database): void => database.execute(`PRAGMA user_version = ${SCHEMA_VERSION}`);
