import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Queries over the schema, the same on either engine. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/**
 * One transaction. While its callback runs, nothing may go through the database it came from: PGlite has one
 * connection and would wait for itself, and PostgreSQL's pool could run out of them.
 */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** How many connections there are, how many of those nobody uses, and how many callers wait for one. */
export interface PoolUsage {
  readonly connections: number;
  readonly idle: number;
  readonly waiting: number;
}

/** An open database with its migrations applied. */
export interface OpenDatabase {
  readonly engine: 'postgresql' | 'pglite';
  /** For what no request waits for. */
  readonly db: Database;
  /**
   * Does work on a connection of its own, where the engine has more than one. When `signal` ends, work that has not
   * begun never does; work under way may still end by itself, but only so long that it cannot keep its connection.
   * @throws ConnectionFailed, or what the work rejects with
   */
  readonly use: <T>(work: (db: Database) => Promise<T>, signal: AbortSignal) => Promise<T>;
  /**
   * Resolves with whether the database accepts writes. When it does not, later work gets new connections, which may lead
   * to another server.
   * @throws ConnectionFailed, or what the server rejects the query with
   */
  readonly isWritable: (signal: AbortSignal) => Promise<boolean>;
  /** How busy its pool is; `undefined` where it has none. */
  readonly usage: () => PoolUsage | undefined;
  /** Safe to call twice. */
  readonly close: () => Promise<void>;
}
