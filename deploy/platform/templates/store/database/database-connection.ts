import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { PinoLogger } from 'nestjs-pino';
import type { ExecuteOptions, ResilienceExecutor } from '@film-store/core';
import { HealthCheckFailed, HealthRegistry } from '@film-store/health';
import { Problem } from '@film-store/problem';
import { type PolicyExecutor, PolicyExecutors } from '@film-store/resilience';
import { CONFIG, ReadinessTasks, toExecutorPolicies } from '@film-store/service';
import type { DatabaseConfig } from './database.config.ts';
import {
  type Database,
  type OpenDatabase,
  isUnavailable,
  openPglite,
  openPostgres,
  toDriverError,
} from './database.ts';

/** Pause between attempts to open the database, in milliseconds. */
const RETRY_MS = 1000;

/** Connects to PostgreSQL if `DATABASE_URL` is set, otherwise to PGlite. Queries pass a bulkhead, a breaker and a timeout. */
@Injectable()
export class DatabaseConnection implements ResilienceExecutor<Database>, OnModuleInit, OnApplicationShutdown {
  readonly #executor: PolicyExecutor;
  #database: OpenDatabase | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: DatabaseConfig,
    private readonly health: HealthRegistry,
    private readonly readinessTasks: ReadinessTasks,
    private readonly logger: PinoLogger,
    executors: PolicyExecutors,
  ) {
    const policies = toExecutorPolicies('database', config);
    // PGlite runs one query at a time, and a slow database in this process is not unreachable.
    const embedded = { bulkheadConcurrency: 1, timeoutFloorMs: policies.timeoutMaxMs };
    this.#executor = executors.create('database', {
      policies: config.DATABASE_URL === undefined ? { ...policies, ...embedded } : policies,
      system: 'postgresql',
      isFailure: isUnavailable,
    });
  }

  /** @throws Problem `unavailable` or that of `PolicyExecutor.execute`; the driver's error for a wrong statement */
  async execute<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<T> {
    const { db } = this.#requireOpen();
    try {
      return await this.#executor.execute(() => work(db), options);
    } catch (error) {
      const cause = toDriverError(error);
      if (cause instanceof Problem || !isUnavailable(cause)) throw cause;
      throw new Problem('unavailable', { detail: 'the database is unavailable', cause });
    }
  }

  onModuleInit(): void {
    this.health.register({ name: 'database', critical: true, check: ({ signal }) => this.#check(signal) });
    this.readinessTasks.add((signal) => this.#openWithRetries(signal));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#executor.dispose();
    await this.#database?.close();
  }

  /** Retries until the database accepts connections. The service is not ready until then. */
  async #openWithRetries(signal: AbortSignal): Promise<void> {
    const { DATABASE_URL, DATA_DIR, UPSTREAM_DATABASE_BULKHEAD_CONCURRENT } = this.config;
    while (!this.#database) {
      try {
        this.#database = await (DATABASE_URL === undefined
          ? openPglite(DATA_DIR)
          : openPostgres(DATABASE_URL, UPSTREAM_DATABASE_BULKHEAD_CONCURRENT));
      } catch (err) {
        if (DATABASE_URL === undefined || !isUnavailable(err)) throw err;
        this.logger.warn({ event: 'database.unavailable', err }, 'the database is unavailable; retrying');
        await setTimeout(RETRY_MS, undefined, { signal });
      }
    }
    this.logger.info({ event: 'database.connected' }, 'connected to the database');
  }

  /** Queries the database even while the breaker is open. */
  async #check(signal: AbortSignal): Promise<Record<string, unknown>> {
    const details = { breaker: this.#executor.breakerState };
    const { db } = this.#requireOpen();
    await this.#executor
      .ping(() => db.execute(sql`select 1`), signal)
      .catch((cause: unknown) => {
        throw new HealthCheckFailed('the database did not respond', details, { cause });
      });
    return details;
  }

  #requireOpen(): OpenDatabase {
    if (!this.#database) throw new HealthCheckFailed('the database is not open yet');
    return this.#database;
  }
}
