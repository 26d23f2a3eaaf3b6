import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry } from '#libs/health';
import { CONFIG } from '#libs/platform';
import { Dependencies, type Dependency, type Guarded, type RunOptions } from '#libs/resilience';
import type { CatalogConfig } from '../catalog.config.ts';
import { verdictOf } from './database-error.ts';
import type { Database, OpenDatabase } from './database.ts';
import { openPglite } from './open-pglite.ts';
import { openPostgres } from './open-postgres.ts';

/**
 * The service's database: PostgreSQL where one is configured, else PGlite. Open from start to shutdown. What is done
 * for requests passes a bulkhead that is as wide as the pool, a breaker and a timeout.
 */
@Injectable()
export class DatabaseConnection implements Guarded<Database>, OnModuleInit, OnApplicationShutdown {
  readonly #dependency: Dependency;
  #open: OpenDatabase | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
    dependencies: Dependencies,
  ) {
    const settings = config.DATABASE_URL === undefined ? { ...config, ...embedded(config) } : config;
    this.#dependency = dependencies.declare('database', settings, (error) => verdictOf(error) !== undefined);
  }

  /**
   * Goes around the policies, for what is done before there are requests.
   * @throws Error before the start and after a start that failed
   */
  get db(): Database {
    return this.opened().db;
  }

  /**
   * Reads by default: those that take much longer than others are given up. Must not be nested, for work that waits
   * for more work of its kind may wait for itself.
   * @throws Problem as `Dependency.run` does, or what the work rejects with
   */
  run<T>(work: (db: Database) => Promise<T>, options?: RunOptions): Promise<T> {
    const { use } = this.opened();
    return this.#dependency.run((signal) => use(work, signal), options);
  }

  async onModuleInit(): Promise<void> {
    this.#open = await this.openConfigured();
    const { engine } = this.#open;
    this.logger.info({ event: 'database.opened', engine }, `database is ${engine}`);
    this.health.register({
      name: 'database',
      critical: true,
      check: ({ signal }) => this.check(signal),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.#dependency.dispose();
    await this.#open?.close();
  }

  private openConfigured(): Promise<OpenDatabase> {
    const { DATABASE_URL, DATA_DIR, UPSTREAM_DATABASE_BULKHEAD_CONCURRENT: connections } = this.config;
    if (DATABASE_URL === undefined) return openPglite(DATA_DIR);
    return openPostgres(DATABASE_URL, {
      connections,
      onIdleError: (err) => {
        this.logger.warn({ event: 'database.connection-lost', err }, 'an idle connection was lost');
      },
    });
  }

  /** Asks the database itself, be the breaker open or not. */
  private async check(signal: AbortSignal): Promise<Record<string, unknown>> {
    const { engine, use, usage } = this.opened();
    await use((db) => db.execute(sql`select 1`), signal).catch((error: unknown) => {
      throw new Error(`no answer, breaker ${this.#dependency.breakerState}`, { cause: error });
    });
    return { engine, breaker: this.#dependency.breakerState, ...usage() };
  }

  private opened(): OpenDatabase {
    if (!this.#open) throw new Error('the database is not open');
    return this.#open;
  }
}

/** PGlite does one thing at a time, so the others wait here, where it does not count; and in-process, slow is not away. */
const embedded = (config: CatalogConfig): Partial<CatalogConfig> => ({
  UPSTREAM_DATABASE_BULKHEAD_CONCURRENT: 1,
  UPSTREAM_DATABASE_TIMEOUT_FLOOR_MS: config.UPSTREAM_DATABASE_TIMEOUT_MAX_MS,
});
