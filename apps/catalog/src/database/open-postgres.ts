import { drizzle } from 'drizzle-orm/node-postgres';
import { Client, type ClientBase, Pool, type PoolClient, type PoolConfig } from 'pg';
import { ConnectionFailed, classifyDriverError, classifyError } from './database-error.ts';
import type { Database, OpenDatabase } from './database.ts';
import { isWritable } from './is-writable.ts';
import { migrateUnderLock } from './migrate-under-lock.ts';
import { RenewablePool } from './renewable-pool.ts';
import * as schema from './schema.ts';
import { STATEMENT_TIMEOUT_MS, applyToSession, applyToTransaction, isPooled } from './session-settings.ts';

/** Longest wait for a connection, in milliseconds, be it for a new one or for one of the pool's to be free. */
const CONNECT_TIMEOUT_MS = 1_000;
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
 * @param now milliseconds of a monotonic clock
 * @throws ConnectionFailed while the server is away, starts itself or accepts reads only
 */
export async function openPostgres(
  url: string,
  { connections, onIdleError }: PostgresOptions,
  now: () => number = () => performance.now(),
): Promise<OpenDatabase> {
  await migrateUnderLock(() => connect(url));
  const pools = new RenewablePool(() => openPool(url, connections, onIdleError), now);
  return {
    engine: 'postgresql',
    get db() {
      return databaseOn(pools.current);
    },
    use: (work, signal) => useConnection(pools, work, signal),
    isWritable: async (signal) => {
      const pool = pools.current;
      const writable = await useConnection(pools, isWritable, signal);
      if (!writable) pools.renew(pool);
      return writable;
    },
    usage: () => {
      const { totalCount, idleCount, waitingCount } = pools.current;
      return { connections: totalCount, idle: idleCount, waiting: waitingCount };
    },
    close: () => pools.close(),
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener, a connection that is lost while no statement runs would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw classifyDriverError(error) === 'away'
      ? new ConnectionFailed('no connection to the database', { cause: error })
      : error;
  });
  return client;
}

function openPool(url: string, connections: number, onIdleError: PostgresOptions['onIdleError']): Pool {
  const config: PoolConfig & { readonly onConnect: (client: ClientBase) => Promise<void> } = {
    connectionString: url,
    application_name: 'catalog',
    // One more, so that a check of health never queues behind requests.
    max: connections + 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    onConnect: applyToSession,
  };
  const pool = new Pool(config);
  pool.on('error', onIdleError);
  // One that is lost in use fails its statement; without a listener the event would end the process as well.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Made once per connection or pool: Drizzle works the schema out each time. */
const databases = new WeakMap<Pool | PoolClient, Database>();

function databaseOn(client: Pool | PoolClient): Database {
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
  pools: RenewablePool,
  work: (db: Database) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const pool = pools.current;
  const client = await pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed('no connection to the database', { cause: error });
  });
  let cut = false;
  let discard = false;
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
    return await (isPooled(client) ? inTransaction(databaseOn(client), work) : work(databaseOn(client)));
  } catch (error) {
    const verdict = classifyError(error);
    // The others of the pool lead to the same server.
    if (verdict === 'read-only') pools.renew(pool);
    discard = verdict === 'read-only' || verdict === 'away';
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
    clearTimeout(timer);
    if (!cut) client.release(discard);
  }
}

/** Only within a transaction do settings hold behind a pooler. */
const inTransaction = <T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> =>
  db.transaction(
    async (tx) => {
      await applyToTransaction(tx);
      return work(tx);
    },
    { isolationLevel: 'read committed' },
  );
