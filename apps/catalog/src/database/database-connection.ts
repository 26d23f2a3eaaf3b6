import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Degraded, HealthRegistry, HealthCheckFailed, diskIndicator } from '@film-store/health';
import { CONFIG, ReadinessTasks, toExecutorPolicies } from '@film-store/service';
import { PolicyExecutors, type PolicyExecutor, type ExecutorPolicies } from '@film-store/resilience';
import type { ResilienceExecutor, ExecuteOptions } from '@film-store/core';
import type { CatalogConfig } from '../catalog.config.ts';
import { ConnectionFailed, classifyError } from './database-error.ts';
import type { Database, OpenDatabase } from './database.ts';
import { addCertificateAuthority } from './database-tls.ts';
import { openPglite } from './open-pglite.ts';
import { openPostgres } from './open-postgres.ts';
import { observePoolUsage } from './pool-metrics.ts';

/** Pauses between two attempts to open it, in milliseconds: doubling. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 2000;

/**
 * The service's database: PostgreSQL where one is configured, else PGlite. Open from the start-up to the shutdown. What is done
 * for requests passes a bulkhead that is as wide as the pool, a breaker and a timeout.
 */
@Injectable()
export class DatabaseConnection implements ResilienceExecutor<Database>, OnModuleInit, OnApplicationShutdown {
  readonly #dependency: PolicyExecutor;
  #open: OpenDatabase | undefined;
  #stopObserving: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly health: HealthRegistry,
    private readonly startUp: ReadinessTasks,
    private readonly logger: PinoLogger,
    dependencies: PolicyExecutors,
  ) {
    const policies = toExecutorPolicies('database', config);
    this.#dependency = dependencies.create('database', {
      policies: config.DATABASE_URL === undefined ? embedded(policies) : policies,
      system: 'postgresql',
      isFailure,
      isTimeout: (error) => classifyError(error) === 'slow',
      toConnectionError: (cause) => new ConnectionFailed('the connection to the database is lost', { cause }),
    });
  }

  /**
   * Goes around the policies, for what is done before there are requests.
   * @throws Error before the start and after a start that failed
   */
  get db(): Database {
    return this.#opened().db;
  }

  /**
   * Reads by default: those that take much longer than others are given up. Must not be nested, for work that waits
   * for more work of its kind may wait for itself.
   * @throws Problem as `Dependency.run` does, or what the work rejects with
   */
  execute<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<T> {
    const { use } = this.#opened();
    return this.#dependency.execute((signal) => use(work, signal), options);
  }

  onModuleInit(): void {
    const { DATABASE_URL, DATA_DIR } = this.config;
    this.health.register({ name: 'database', critical: true, check: ({ signal }) => this.#check(signal) });
    if (DATABASE_URL === undefined) this.health.register(diskIndicator(DATA_DIR));
    this.startUp.add((signal) => this.#openOnceThere(signal));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopObserving();
    this.#dependency.dispose();
    await this.#open?.close();
  }

  /** Waits for a server that is away as long as it takes: until then the service is not ready, and says why. */
  async #openOnceThere(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.#open = await this.#openConfigured();
        break;
      } catch (err) {
        if (!(err instanceof ConnectionFailed)) throw err;
        if (attempt === 0)
          this.logger.warn({ event: 'database.unavailable', err }, 'the database is away, waiting');
        await setTimeout(Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS), undefined, { signal });
      }
    }
    const { engine, usage } = this.#open;
    this.#stopObserving = observePoolUsage(usage);
    this.logger.info({ event: 'database.connected', engine }, `database is ${engine}`);
  }

  #openConfigured(): Promise<OpenDatabase> {
    const { DATABASE_URL, DATABASE_TLS_CA_FILE, DATA_DIR } = this.config;
    if (DATABASE_URL === undefined) return openPglite(DATA_DIR);
    return openPostgres(addCertificateAuthority(DATABASE_URL, DATABASE_TLS_CA_FILE), {
      connections: this.config.UPSTREAM_DATABASE_BULKHEAD_CONCURRENT,
      onIdleError: (err) => {
        this.logger.warn({ event: 'database.connection_lost', err }, 'an idle connection was lost');
      },
    });
  }

  /** Asks the database itself, be the breaker open or not. */
  async #check(signal: AbortSignal): Promise<Record<string, unknown>> {
    if (!this.#open) throw new HealthCheckFailed('it is not open yet');
    const { engine, isWritable, usage } = this.#open;
    const details = () => ({ engine, breaker: this.#dependency.breakerState, ...usage() });
    const writable = await this.#dependency.check(isWritable, signal).catch((cause: unknown) => {
      throw new HealthCheckFailed('no answer', details(), { cause });
    });
    if (!writable) throw new Degraded('read-only: orders are refused, reads go on', details());
    return details();
  }

  #opened(): OpenDatabase {
    if (!this.#open) throw new Error('the database is not open');
    return this.#open;
  }
}

/** A server that refuses writes, or rolls a transaction back, is there: its breaker must not refuse reads for it. */
const isFailure = (error: unknown): boolean => {
  const verdict = classifyError(error);
  return verdict === 'away' || verdict === 'slow';
};

/** PGlite does one thing at a time, so the others wait here, where it does not count; and in-process, slow is not away. */
const embedded = (policies: ExecutorPolicies): ExecutorPolicies => ({
  ...policies,
  bulkheadConcurrency: 1,
  timeoutFloorMs: policies.timeoutMaxMs,
  timeoutInitialMs: policies.timeoutMaxMs,
});
