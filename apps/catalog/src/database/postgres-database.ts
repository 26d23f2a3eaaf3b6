import { drizzle } from 'drizzle-orm/node-postgres';
import { Client, type ClientBase, Pool, type PoolClient, type PoolConfig } from 'pg';
import { ConnectionFailed, classifyDriverError, classifyError } from './database-error.ts';
import { type Database, type OpenDatabase, type PoolUsage, isWritable } from './database.ts';
import { migrateUnderLock } from './migrate-under-lock.ts';
import { RenewablePool } from './renewable-pool.ts';
import * as schema from './schema.ts';
import { markPipelined } from './short-transaction.ts';
import { STATEMENT_TIMEOUT_MS, applyToSession, applyToTransaction, isPooled } from './session-settings.ts';

/** Longest wait for a new or an idle connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 1_000;
/**
 * Longest time that aborted work keeps its connection, in milliseconds. A working server has ended the statement by then.
 * If the server hangs, closing the connection is the only way to free it.
 */
const MAX_ABORTED_MS = STATEMENT_TIMEOUT_MS;

interface PostgresOptions {
  /** Number of requests that can use the database at the same time. */
  readonly connections: number;
  /** Called when an idle connection is lost. */
  readonly onIdleError: (error: Error) => void;
}

/** The database of a PostgreSQL server. Replaces its connections when the server stops accepting writes. */
export class PostgresDatabase implements OpenDatabase {
  readonly engine = 'postgresql';
  readonly #pools: RenewablePool;

  private constructor(pools: RenewablePool) {
    this.#pools = pools;
  }

  /**
   * Opens and migrates the database.
   * @param now milliseconds of a monotonic clock
   * @throws ConnectionFailed while the server is unreachable, starting or read-only
   */
  static async open(
    url: string,
    options: PostgresOptions,
    now: () => number = () => performance.now(),
  ): Promise<PostgresDatabase> {
    await migrateUnderLock(() => connect(url));
    return PostgresDatabase.connect(url, options, now);
  }

  /**
   * Returns the database of a server that has the schema. The first work makes the first connection.
   * @param now milliseconds of a monotonic clock
   */
  static connect(
    url: string,
    { connections, onIdleError }: PostgresOptions,
    now: () => number = () => performance.now(),
  ): PostgresDatabase {
    return new PostgresDatabase(new RenewablePool(() => openPool(url, connections, onIdleError), now));
  }

  get db(): Database {
    return toDatabase(this.#pools.current);
  }

  /**
   * pg does not support signals. After an abort, `statement_timeout` ends the statement, or `MAX_ABORTED_MS` ends the
   * connection of a server that hangs. PostgreSQL rolls back a transaction that loses its connection before `commit`. If
   * the connection is lost during `commit`, the outcome is unknown: a retry with the same idempotency key resolves it.
   */
  async use<T>(work: (db: Database) => Promise<T>, signal: AbortSignal): Promise<T> {
    const pool = this.#pools.current;
    const client = await pool.connect().catch((error: unknown) => {
      throw new ConnectionFailed('no connection to the database', { cause: error });
    });
    let released = false;
    let discard = false;
    let timer: NodeJS.Timeout | undefined;
    const startTimer = (): void => {
      timer = setTimeout(() => {
        released = true;
        // A connection with a pipeline would wait for its statements first.
        client.connection.stream.destroy();
        client.release(true);
      }, MAX_ABORTED_MS);
    };
    signal.addEventListener('abort', startTimer);
    try {
      signal.throwIfAborted();
      const db = toDatabase(client);
      return await (isPooled(client) ? runInTransaction(db, work) : work(markPipelined(db)));
    } catch (error) {
      const kind = classifyError(error);
      // The other connections of the pool lead to the same server.
      if (kind === 'read-only') this.#pools.renew(pool);
      discard = kind === 'read-only' || kind === 'unavailable';
      throw error;
    } finally {
      signal.removeEventListener('abort', startTimer);
      clearTimeout(timer);
      if (!released) client.release(discard);
    }
  }

  async isWritable(signal: AbortSignal): Promise<boolean> {
    const pool = this.#pools.current;
    const writable = await this.use(isWritable, signal);
    if (!writable) this.#pools.renew(pool);
    return writable;
  }

  /** Gives later work new connections, at most once a second: the address may lead to another server. */
  renewConnections(): void {
    this.#pools.renew(this.#pools.current);
  }

  usage(): PoolUsage {
    const { totalCount, idleCount, waitingCount } = this.#pools.current;
    return { connections: totalCount, idle: idleCount, waiting: waitingCount };
  }

  close(): Promise<void> {
    return this.#pools.close();
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener, the loss of an idle connection would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw classifyDriverError(error) === 'unavailable'
      ? new ConnectionFailed('no connection to the database', { cause: error })
      : error;
  });
  return client;
}

function openPool(url: string, connections: number, onIdleError: PostgresOptions['onIdleError']): Pool {
  const config: PoolConfig & { readonly onConnect: (client: ClientBase) => Promise<void> } = {
    connectionString: url,
    application_name: 'catalog',
    // One more connection, so a health check never waits for requests.
    max: connections + 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    onConnect: applyToSession,
    pipeline: true,
  };
  const pool = new Pool(config);
  pool.on('error', onIdleError);
  // A connection that is lost in use fails its statement. Without a listener, the event would also end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Cached, because Drizzle processes the schema for each new database. */
const databases = new WeakMap<Pool | PoolClient, Database>();

function toDatabase(client: Pool | PoolClient): Database {
  const database = databases.get(client) ?? drizzle({ client, schema });
  databases.set(client, database);
  return database;
}

/** Behind a pooler, settings persist only within a transaction. */
const runInTransaction = <T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> =>
  db.transaction(
    async (tx) => {
      await applyToTransaction(tx);
      return work(tx);
    },
    { isolationLevel: 'read committed' },
  );
