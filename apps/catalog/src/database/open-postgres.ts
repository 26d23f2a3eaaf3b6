import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, Pool, type PoolClient } from 'pg';
import { catalogFile } from '../files.ts';
import { advisoryLocks } from './advisory-lock.ts';
import { ConnectionFailed, isOutage } from './database-error.ts';
import type { Database, OpenDatabase } from './database.ts';
import * as schema from './schema.ts';

/** Longest wait for a connection, in milliseconds, be it for a new one or for one of the pool's to be free. */
const CONNECT_TIMEOUT_MS = 1_000;
/**
 * Longest run of one statement, in milliseconds, a read's budget; PostgreSQL then cancels it. A transaction that may
 * take longer says so itself.
 */
const STATEMENT_TIMEOUT_MS = 1_000;
/**
 * How long work goes on that nobody waits for any more, in milliseconds. A server that works has ended its statement
 * by then; of one that hangs, only giving up the connection gets it back.
 */
const ABANDONED_MS = STATEMENT_TIMEOUT_MS;

export interface PostgresOptions {
  /** How many requests may use it at the same time. */
  readonly connections: number;
  /** Hears of connections lost while nobody used them. */
  readonly onIdleError: (error: Error) => void;
}

/**
 * Opens a PostgreSQL server's database.
 * @throws ConnectionFailed while the server is away, or starts itself
 */
export async function openPostgres(
  url: string,
  { connections, onIdleError }: PostgresOptions,
): Promise<OpenDatabase> {
  await migrateInTurn(url);
  const pool = new Pool({
    connectionString: url,
    application_name: 'catalog',
    // One more, so that a check of health never queues behind requests.
    max: connections + 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  pool.on('error', onIdleError);
  // One that is lost in use fails its statement; without a listener the event would end the process as well.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  let closed: Promise<void> | undefined;
  return {
    engine: 'postgresql',
    db: drizzle({ client: pool, schema }),
    use: (work, signal) => useConnection(pool, work, signal),
    usage: () => ({ connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => (closed ??= pool.end()),
  };
}

/** Made once per connection: Drizzle works the schema out each time. */
const databases = new WeakMap<PoolClient, Database>();

function databaseOn(client: PoolClient): Database {
  const made = databases.get(client) ?? drizzle({ client, schema });
  databases.set(client, made);
  return made;
}

/**
 * pg knows no signals. What is abandoned ends by its `statement_timeout`, a server that hangs by the loss of the
 * connection. A transaction cut off before its `commit` is rolled back; during it, nobody here can tell: that is what
 * its idempotency key is for.
 */
async function useConnection<T>(
  pool: Pool,
  work: (db: Database) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed('no connection to the database', { cause: error });
  });
  let cut = false;
  let timer: NodeJS.Timeout | undefined;
  const abandon = (): void => {
    timer = setTimeout(() => {
      cut = true;
      client.release(true);
    }, ABANDONED_MS);
  };
  signal.addEventListener('abort', abandon);
  try {
    signal.throwIfAborted();
    return await work(databaseOn(client));
  } finally {
    signal.removeEventListener('abort', abandon);
    clearTimeout(timer);
    if (!cut) client.release();
  }
}

/** Replicas that start at once migrate one after another. The end of the connection frees the lock. */
async function migrateInTurn(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect().catch((error: unknown) => {
    throw isOutage(error) ? new ConnectionFailed('no connection to the database', { cause: error }) : error;
  });
  // Lost while nothing is asked of it: what is asked next fails.
  client.on('error', () => undefined);
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migrations]);
    await migrate(drizzle({ client }), { migrationsFolder: catalogFile('drizzle') });
  } finally {
    await client.end();
  }
}
