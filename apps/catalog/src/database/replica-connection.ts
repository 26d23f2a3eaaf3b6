import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { PinoLogger } from 'nestjs-pino';
import { type Clock, type ExecuteOptions, pause, systemClock } from '@film-store/core';
import { Degraded, HealthRegistry } from '@film-store/health';
import { type PolicyExecutor, PolicyExecutors } from '@film-store/resilience';
import { CONFIG, toExecutorPolicies } from '@film-store/service';
import type { CatalogConfig } from '../catalog.config.ts';
import { DatabaseConnection, toConnections } from './database-connection.ts';
import { createDatabaseExecutor } from './database-executor.ts';
import type { Database } from './database.ts';
import { addCertificateAuthority } from './database-tls.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { ReplicaFreshness, parsePosition } from './replica-freshness.ts';

/** Time between two positions of a server, in milliseconds. The data of a replica that keeps up is at most twice as old. */
const POLL_INTERVAL_MS = 500;
/** Longest time to read a position, in milliseconds. */
const POLL_TIMEOUT_MS = 1000;

/** `standby` replays the log of the primary, `primary` was promoted, `unreachable` did not respond. */
type Role = 'standby' | 'primary' | 'unreachable';

/**
 * Connects to the replica of `DATABASE_REPLICA_URL`, and measures how old its data is. Reads use the replica only while
 * its data is at most `DATABASE_REPLICA_MAX_LAG_MS` old.
 */
@Injectable()
export class ReplicaConnection implements OnModuleInit, OnApplicationShutdown {
  readonly #freshness = new ReplicaFreshness();
  readonly #clock: Clock = systemClock;
  readonly #replica: { readonly database: PostgresDatabase; readonly executor: PolicyExecutor } | undefined;
  readonly #stop = new AbortController();
  #polls: Promise<unknown> = Promise.resolve();
  #role: Role = 'unreachable';
  #wasCurrent = true;

  constructor(
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly primary: DatabaseConnection,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
    executors: PolicyExecutors,
  ) {
    const { DATABASE_REPLICA_URL: url, DATABASE_TLS_CA_FILE } = config;
    if (url === undefined) return;
    this.#replica = {
      database: PostgresDatabase.connect(addCertificateAuthority(url, DATABASE_TLS_CA_FILE), {
        connections: toConnections(config),
        // The next poll reports it.
        onIdleError: () => undefined,
      }),
      executor: createDatabaseExecutor(executors, 'replica', toExecutorPolicies('database', config)),
    };
  }

  onModuleInit(): void {
    if (!this.#replica) return;
    const { database } = this.#replica;
    this.health.register({ name: 'replica', critical: false, check: () => this.#check() });
    this.#polls = Promise.all([
      this.#repeat(() => this.#pollPrimary()),
      this.#repeat(() => this.#pollReplica(database)),
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#polls;
    this.#replica?.executor.dispose();
    await this.#replica?.database.close();
  }

  /** Returns the time of the data on the replica, in ISO 8601; `undefined` if reads must not use the replica. */
  get asOf(): string | undefined {
    const ageMs = this.#role === 'standby' ? this.#ageMs : undefined;
    return ageMs === undefined || ageMs > this.config.DATABASE_REPLICA_MAX_LAG_MS
      ? undefined
      : new Date(this.#clock.wallNow() - ageMs).toISOString();
  }

  /** @throws like `DatabaseConnection.execute` */
  execute<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<T> {
    const { executor, database } = this.#require();
    return executor.execute((signal) => database.use(work, signal), options);
  }

  /** Executes `work` under the policies of the caller. Faults that are injected into the replica apply. */
  attempt<T>(work: (db: Database) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { executor, database } = this.#require();
    return executor.ping((attemptSignal) => database.use(work, attemptSignal), signal);
  }

  get #ageMs(): number | undefined {
    const { asOf } = this.#freshness;
    return asOf === undefined ? undefined : this.#clock.now() - asOf;
  }

  async #repeat(poll: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await poll();
      await pause(this.#clock, POLL_INTERVAL_MS, signal).catch(() => undefined);
    }
  }

  /** An unreachable primary needs no report here: the indicator `database` has it. The data of the replica gets older. */
  async #pollPrimary(): Promise<void> {
    const at = this.#clock.now();
    try {
      const position = await this.primary.attempt(
        (db) => selectText(db, sql`select pg_current_wal_lsn()::text as value`),
        AbortSignal.timeout(POLL_TIMEOUT_MS),
      );
      if (position !== null) this.#freshness.recordPrimary(parsePosition(position), at);
    } catch {
      // The next poll tries again.
    }
  }

  async #pollReplica(database: PostgresDatabase): Promise<void> {
    try {
      const position = await this.attempt(
        (db) =>
          selectText(
            db,
            sql`select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as value`,
          ),
        AbortSignal.timeout(POLL_TIMEOUT_MS),
      );
      this.#role = position === null ? 'primary' : 'standby';
      if (position === null) {
        this.#freshness.reset();
        // The address may lead to another server now.
        database.renewConnections();
      } else this.#freshness.recordReplica(parsePosition(position));
    } catch {
      this.#role = 'unreachable';
    }
    this.#logChange();
  }

  #logChange(): void {
    const isCurrent = this.asOf !== undefined;
    if (isCurrent === this.#wasCurrent) return;
    this.#wasCurrent = isCurrent;
    const fields = { role: this.#role, ageMs: this.#ageMs };
    if (isCurrent)
      this.logger.info({ event: 'replica.current', ...fields }, 'the replica is current: it serves reads');
    else
      this.logger.warn(
        { event: 'replica.not_current', ...fields },
        'the replica is not current: reads go to the primary',
      );
  }

  #check(): Record<string, unknown> {
    const { executor, database } = this.#require();
    const { asOf } = this;
    const details = { role: this.#role, asOf, breaker: executor.breakerState, ...database.usage() };
    if (asOf === undefined)
      throw new Degraded('the replica is not current: reads go to the primary', details);
    return details;
  }

  #require() {
    if (!this.#replica) throw new Error('no replica is configured');
    return this.#replica;
  }
}

async function selectText(db: Database, query: ReturnType<typeof sql>): Promise<string | null> {
  const { rows } = (await db.execute(query)) as { rows: { value: string | null }[] };
  return rows[0]?.value ?? null;
}
