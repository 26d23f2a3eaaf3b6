import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { UnusableDatabase, checkAtStart, isDamage } from './check-file.ts';
import { prepareTables } from './schema.ts';

/** Longest wait for another connection that writes, in milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** A connection. SQL functions take it as their first argument. The caller states the type of the rows. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  run(query: string, ...values: SQLInputValue[]): void {
    this.#prepare(query).run(...values);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<Row>(query: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(query).get(...values) as Row | undefined;
  }

  all<Row>(query: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(query).all(...values) as Row[];
  }

  /** Reads row by row, each as an array. */
  *iterate<Row extends unknown[]>(query: string): Iterable<Row> {
    const statement = this.#connection.prepare(query);
    statement.setReturnArrays(true);
    yield* statement.iterate() as unknown as Iterable<Row>;
  }

  /** Runs several statements. */
  execute(script: string): void {
    this.#connection.exec(script);
  }

  /** Runs `work` in a transaction. */
  transact<T>(work: () => T, mode: 'DEFERRED' | 'IMMEDIATE' = 'IMMEDIATE'): T {
    this.#connection.exec(`BEGIN ${mode}`);
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  #prepare(query: string): StatementSync {
    let statement = this.#statements.get(query);
    if (!statement) {
      statement = this.#connection.prepare(query);
      this.#statements.set(query, statement);
    }
    return statement;
  }
}

/** Opens the file for writing, and creates it and its directory if they are missing. */
export function openDatabase(file: string): Database {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
  try {
    // With a write-ahead log readers do not wait for the writer. A crash of the machine can lose the last commits. Counts and
    // position are in one transaction, so the feed continues where the counts end.
    // More pages in memory and in the log, because orders change pages all over the file.
    database.execute(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000',
    );
    prepareTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens an existing file for reading. */
export function openReader(file: string): Database {
  return new Database(new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
}

interface OpenFile {
  readonly database: Database;
  /** Why a file was discarded. */
  readonly discarded?: string;
  /** Some tables have not been checked. See `LATER_TABLES`. */
  readonly isUnchecked: boolean;
}

/** Opens the file for writing and checks it. Replaces an unusable file by an empty one: catalog still has all data. */
export function openOrReplace(file: string): OpenFile {
  try {
    return openChecked(file);
  } catch (error) {
    if (!(error instanceof UnusableDatabase) && !isDamage(error)) throw error;
    removeDatabase(file);
    return { database: openDatabase(file), discarded: error.message, isUnchecked: false };
  }
}

function openChecked(file: string): OpenFile {
  const database = openDatabase(file);
  try {
    return { database, isUnchecked: checkAtStart(database, file) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Deletes the file. Connections that are open keep its content. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
