import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Degraded, HealthRegistry, HealthCheckFailed, diskIndicator } from '@film-store/health';
import { CONFIG, ReadinessTasks, toExecutorPolicies } from '@film-store/service';
import { type ExecutorPolicies, type PolicyExecutor, PolicyExecutors } from '@film-store/resilience';
import type { ResilienceExecutor, ExecuteOptions } from '@film-store/core';
import type { CatalogConfig } from '../catalog.config.ts';
import { ConnectionFailed } from './database-error.ts';
import { createDatabaseExecutor } from './database-executor.ts';
import type { Database, OpenDatabase } from './database.ts';
import { addCertificateAuthority } from './database-tls.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { observePoolUsage } from './pool-metrics.ts';

/** Pauses between attempts to open the database, in milliseconds. They double up to the maximum. */
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 2000;

/**
 * Connects the service to PostgreSQL if `DATABASE_URL` is set, otherwise to PGlite. Queries of requests pass a bulkhead
 * with one permit for each connection of the pool, a circuit breaker and a timeout.
 */
@Injectable()
export class DatabaseConnection implements ResilienceExecutor<Database>, OnModuleInit, OnApplicationShutdown {
  readonly #executor: PolicyExecutor;
  #open: OpenDatabase | undefined;
  #stopObserving: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly health: HealthRegistry,
    private readonly readinessTasks: ReadinessTasks,
    private readonly logger: PinoLogger,
    executors: PolicyExecutors,
  ) {
    const policies = toExecutorPolicies('database', config);
    this.#executor = createDatabaseExecutor(
      executors,
      'database',
      config.DATABASE_URL === undefined ? toEmbeddedPolicies(policies) : policies,
    );
  }

  /**
   * Returns the database without resilience policies, for work at startup.
   * @throws Error when the database is not open
   */
  get db(): Database {
    return this.#requireOpen().db;
  }

  /**
   * Executes `work` under the resilience policies. The default timeout adapts to the latency of reads; writes set
   * `timeoutMs`. Do not nest calls: the inner call can wait for the permit of the outer call forever.
   * @throws Problem of `PolicyExecutor.execute`, or the error that `work` rejects with
   */
  execute<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<T> {
    const database = this.#requireOpen();
    return this.#executor.execute((signal) => database.use(work, signal), options);
  }

  /** Executes `work` under the policies of the caller. Faults that are injected into the database apply. */
  attempt<T>(work: (db: Database) => Promise<T>, signal: AbortSignal): Promise<T> {
    const database = this.#requireOpen();
    return this.#executor.ping((attemptSignal) => database.use(work, attemptSignal), signal);
  }

  onModuleInit(): void {
    const { DATABASE_URL, DATA_DIR } = this.config;
    this.health.register({ name: 'database', critical: true, check: ({ signal }) => this.#check(signal) });
    if (DATABASE_URL === undefined) this.health.register(diskIndicator(DATA_DIR));
    this.readinessTasks.add((signal) => this.#openWithRetries(signal));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopObserving();
    this.#executor.dispose();
    await this.#open?.close();
  }

  /** Retries until the database accepts connections. The service is not ready until then. */
  async #openWithRetries(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.#open = await this.#openConfigured(signal);
        break;
      } catch (err) {
        if (!(err instanceof ConnectionFailed)) throw err;
        if (attempt === 0)
          this.logger.warn(
            { event: 'database.unavailable', err },
            'the database is unavailable; retrying until it accepts connections',
          );
        await setTimeout(Math.min(MIN_RETRY_MS * 2 ** attempt, MAX_RETRY_MS), undefined, { signal });
      }
    }
    const { engine } = this.#open;
    const database = this.#open;
    this.#stopObserving = observePoolUsage(() => database.usage());
    this.logger.info({ event: 'database.connected', engine }, `connected to ${engine}`);
  }

  async #openConfigured(signal: AbortSignal): Promise<OpenDatabase> {
    const { DATABASE_URL, DATABASE_TLS_CA_FILE, DATA_DIR } = this.config;
    if (DATABASE_URL === undefined) {
      // Loaded on demand, because it is large.
      const { PgliteDatabase } = await import('./pglite-database.ts');
      return PgliteDatabase.open(DATA_DIR, signal);
    }
    return PostgresDatabase.open(addCertificateAuthority(DATABASE_URL, DATABASE_TLS_CA_FILE), {
      connections: toConnections(this.config),
      onIdleError: (err) => {
        this.logger.warn({ event: 'database.connection_lost', err }, 'an idle database connection was lost');
      },
    });
  }

  /** Queries the database even while the breaker is open. */
  async #check(signal: AbortSignal): Promise<Record<string, unknown>> {
    if (!this.#open) throw new HealthCheckFailed('the database is not open yet');
    const database = this.#open;
    const details = () => ({
      engine: database.engine,
      breaker: this.#executor.breakerState,
      ...database.usage(),
    });
    const isWritable = (end: AbortSignal): Promise<boolean> => database.isWritable(end);
    const writable = await this.#executor.ping(isWritable, signal).catch((cause: unknown) => {
      throw new HealthCheckFailed('the database did not respond', details(), { cause });
    });
    if (!writable) throw new Degraded('the database is read-only: orders fail, reads work', details());
    return details();
  }

  #requireOpen(): OpenDatabase {
    if (!this.#open) throw new Error('the database is not open');
    return this.#open;
  }
}

/** Each permit of the two bulkheads has a connection, so searches never wait for other work, nor other work for them. */
export const toConnections = (config: CatalogConfig): number =>
  config.UPSTREAM_DATABASE_BULKHEAD_CONCURRENT + config.UPSTREAM_SEARCH_BULKHEAD_CONCURRENT;

/**
 * PGlite runs one query at a time. The others wait in the bulkhead, where the timeout does not count yet. The timeout is
 * fixed, because a slow in-process database is not unreachable.
 */
const toEmbeddedPolicies = (policies: ExecutorPolicies): ExecutorPolicies => ({
  ...policies,
  bulkheadConcurrency: 1,
  timeoutFloorMs: policies.timeoutMaxMs,
  timeoutInitialMs: policies.timeoutMaxMs,
});
