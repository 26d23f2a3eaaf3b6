import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OrderFeedEntry, Product } from '@film-store/contracts';
import type { Position } from '../feed/feed-page.ts';
import * as films from '../films/films.repository.ts';
import { buildTable } from '../model/build-table.ts';
import type { FilmTable } from '../model/film-table.ts';
import * as sales from '../sales/sales.repository.ts';
import * as checkFile from './check-file.ts';
import { type LATER_TABLES, MISSING, UnusableDatabase } from './check-file.ts';
import { type Database, openDatabase, openOrReplace } from './database.ts';
import { readProgress } from './progress.ts';

/** The tasks of the thread that writes. */
interface WriteTask {
  readonly file: string;
}

/** The state at the end of the last process. */
export interface StoredState {
  readonly asOf: string | undefined;
  readonly position: Position | undefined;
  /** Why an earlier file was discarded. */
  readonly discarded: string | undefined;
  /** See `LATER_TABLES`. */
  readonly isUnchecked: boolean;
}

let opened: Database | undefined;

/**
 * A thread that replaces another one opens the file without a check. It must not create one: counts from the middle of the
 * feed would look complete.
 */
function open(file: string): Database {
  if (!opened && !existsSync(file)) throw new UnusableDatabase(MISSING);
  return (opened ??= openDatabase(file));
}

/** Opens the file, or replaces it if it is unusable. Must be the first task. */
export function openFile({ file }: WriteTask): StoredState {
  // Earlier versions stored the films here.
  rmSync(join(dirname(file), 'films.json'), { force: true });
  const { database, discarded, isUnchecked } = openOrReplace(file);
  opened = database;
  return {
    asOf: readProgress(database, 'films'),
    position: readProgress(database, 'feed'),
    discarded,
    isUnchecked,
  };
}

/** @throws UnusableDatabase, or the error of SQLite */
export const checkTable = ({ file, table }: WriteTask & { table: (typeof LATER_TABLES)[number] }): void =>
  checkFile.checkTable(open(file), table);

export const storeFilms = ({ file, products }: WriteTask & { products: Product[] }): films.StoredFilms =>
  films.storeFilms(open(file), products);

export const removeOtherFilms = ({
  file,
  found,
  asOf,
}: WriteTask & { found: Uint8Array; asOf: string }): number =>
  films.removeOtherFilms(open(file), found, asOf);

export const addOrders = ({
  file,
  entries,
}: WriteTask & { entries: readonly OrderFeedEntry[] }): Uint32Array => sales.addOrders(open(file), entries);

/** Builds the table of all films. Frees the garbage of earlier tasks first, because a table takes as much memory. */
export function build({ file }: WriteTask): FilmTable {
  globalThis.gc?.();
  return buildTable(open(file));
}

export const clearOrders = ({ file }: WriteTask): void => sales.clearOrders(open(file));
