import { mkdir } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { DatabaseError, Pool } from 'pg';

const migrationsFolder = join(dirname(findPackageJSON(import.meta.url)!), 'apps/new-service/drizzle');

/** Longest wait for a connection, and longest time of one statement, in milliseconds. */
const CONNECT_TIMEOUT_MS = 1000;
const STATEMENT_TIMEOUT_MS = 1000;

export type Database = PgDatabase<PgQueryResultHKT>;

/** An open database with its migrations applied. */
export interface OpenDatabase {
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/** Opens and migrates a database of PostgreSQL. `connections` is the size of the pool. */
export async function openPostgres(url: string, connections: number): Promise<OpenDatabase> {
  const options = { connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  const migrating = new Pool({ ...options, max: 2 });
  migrating.on('error', () => undefined);
  try {
    // One replica at a time. The end of the connection releases the lock.
    await migrating.query('select 1');
    const locking = await migrating.connect();
    await locking.query('select pg_advisory_lock(1)');
    await migrate(drizzle({ client: migrating }), { migrationsFolder }).finally(() => locking.release(true));
  } finally {
    await migrating.end();
  }
  const pool = new Pool({
    ...options,
    application_name: 'new-service',
    max: connections,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A lost connection fails its statement. Without a listener, an idle one would end the process.
  pool.on('error', () => undefined);
  return { db: drizzle({ client: pool }), close: () => pool.end() };
}

/** Opens and migrates the embedded database in a directory. */
export async function openPglite(directory: string): Promise<OpenDatabase> {
  await mkdir(directory, { recursive: true });
  // PGlite's default of 128 MiB would be resident memory from the start.
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
  const client = await PGlite.create(join(directory, 'pglite'), { startParams });
  const db = drizzlePglite({ client });
  await migratePglite(db, { migrationsFolder });
  return { db, close: () => client.close() };
}

/** Returns the error of the driver. That of Drizzle contains the parameters, which must not reach the log. */
export const toDriverError = (error: unknown): unknown =>
  error instanceof DrizzleQueryError ? error.cause : error;

/**
 * Returns whether the server could not execute a statement: no server responds, or its SQLSTATE is no fault of the statement
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
export function isUnavailable(error: unknown): boolean {
  const cause = toDriverError(error);
  return !(cause instanceof DatabaseError) || !/^(?:0A|2[23]|42)/.test(cause.code ?? '');
}
