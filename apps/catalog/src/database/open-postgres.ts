import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, Pool } from 'pg';
import { catalogFile } from '../files.ts';
import { advisoryLocks } from './advisory-lock.ts';
import type { OpenDatabase } from './database.ts';
import * as schema from './schema.ts';

/** Longest wait for a connection, in milliseconds, be it for a new one or for one of the pool's to be free. */
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * Longest run of one statement, in milliseconds, a read's budget; PostgreSQL then cancels it. A transaction that may
 * take longer says so itself.
 */
const STATEMENT_TIMEOUT_MS = 1_000;

/** Opens a PostgreSQL server's database. `onIdleError` hears of connections lost while nobody used them. */
export async function openPostgres(url: string, onIdleError: (error: Error) => void): Promise<OpenDatabase> {
  await migrateInTurn(url);
  const pool = new Pool({
    connectionString: url,
    application_name: 'catalog',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  pool.on('error', onIdleError);
  let closed: Promise<void> | undefined;
  return {
    engine: 'postgresql',
    db: drizzle({ client: pool, schema }),
    usage: () => ({ connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => (closed ??= pool.end()),
  };
}

/** Replicas that start at once migrate one after another. The end of the connection frees the lock. */
async function migrateInTurn(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migrations]);
    await migrate(drizzle({ client }), { migrationsFolder: catalogFile('drizzle') });
  } finally {
    await client.end();
  }
}
