import type { ExecuteOptions } from '@film-store/core';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Executes queries over the schema, on both engines. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/**
 * One transaction. Its callback must not use the database that the transaction came from: PGlite has one connection and
 * would deadlock, and the pool of PostgreSQL could run out of connections.
 */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Number of connections, of idle connections, and of callers that wait for a connection. */
export interface PoolUsage {
  readonly connections: number;
  readonly idle: number;
  readonly waiting: number;
}

/** An open database with its migrations applied. */
export interface OpenDatabase {
  readonly engine: 'postgresql' | 'pglite';
  /** Executes queries outside of requests. */
  readonly db: Database;
  /**
   * Runs `work` on one connection. If `signal` aborts first, `work` does not start. After an abort, running work may
   * still complete for a limited time; then its connection is closed.
   * @throws ConnectionFailed, or the error that `work` rejects with
   */
  use<T>(work: (db: Database) => Promise<T>, signal: AbortSignal): Promise<T>;
  /**
   * Resolves with `true` if the database accepts writes. Otherwise, later work gets new connections, because the address
   * may lead to another server.
   * @throws ConnectionFailed, or the error of the query
   */
  isWritable(signal: AbortSignal): Promise<boolean>;
  /** Returns the usage of the pool, or `undefined` without a pool. */
  usage(): PoolUsage | undefined;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Resolves with `false` on a standby and on a server that accepts reads only. */
export async function isWritable(db: Database): Promise<boolean> {
  const { rows } = (await db.execute(sql`show transaction_read_only`)) as {
    rows: { transaction_read_only: 'on' | 'off' }[];
  };
  return rows[0]?.transaction_read_only === 'off';
}

/** A value that was read, with the time of the data if a replica returned it: ISO 8601, in UTC. */
export interface Read<T> {
  readonly value: T;
  readonly asOf?: string;
}

/** Executes reads that do not need the newest data. */
export interface DatabaseReads {
  /** @throws like `DatabaseConnection.execute` */
  read<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<Read<T>>;
  /**
   * Executes a read that may take long, under a bulkhead, a breaker and a timeout of its own.
   * @throws like `read`
   */
  search<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<Read<T>>;
}
