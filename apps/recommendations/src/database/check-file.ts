import { statSync } from 'node:fs';
import type { Database } from './database.ts';

/** Thrown for a file that cannot be used, with the reason. */
export class UnusableDatabase extends Error {}

/** Up to this size, in bytes, a start checks the whole file, which takes up to half a second. */
const MAX_CHECKED_AT_START = 64 * 1024 * 1024;

/** The tables of a larger file that a running service checks, because their check takes seconds. */
export const LATER_TABLES = ['product', 'sales', 'term'] as const;

/**
 * Checks all tables, or only that of the films if the file is large. SQLite finds a truncated file when it opens it.
 * @returns whether `LATER_TABLES` have to be checked later
 * @throws UnusableDatabase, or the error of SQLite
 */
export function checkAtStart(database: Database, file: string): boolean {
  const isLarge = statSync(file).size > MAX_CHECKED_AT_START;
  check(database, isLarge ? 'PRAGMA quick_check(film)' : 'PRAGMA quick_check(1)');
  return isLarge;
}

/** @throws UnusableDatabase, or the error of SQLite */
export const checkTable = (database: Database, table: (typeof LATER_TABLES)[number]): void =>
  check(database, `PRAGMA quick_check(${table})`);

function check(database: Database, query: string): void {
  const row = database.get<{ quick_check: string }>(query);
  if (row?.quick_check !== 'ok') throw new UnusableDatabase(`${DAMAGE}: ${row?.quick_check}`);
}

/** SQLite's text for damage. */
const DAMAGE = 'database disk image is malformed';

/** Recognizes damage by the message: an error keeps nothing else on its way from a thread. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Error &&
  [DAMAGE, 'file is not a database', MISSING].some((text) => error.message.includes(text));

/** The message for a file that was deleted while the service ran. */
export const MISSING = 'the file is missing';
