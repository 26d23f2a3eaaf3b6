import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry } from '#libs/health';
import { CONFIG } from '#libs/platform';
import type { CatalogConfig } from '../catalog.config.ts';
import type { Database, OpenDatabase } from './database.ts';
import { openPglite } from './open-pglite.ts';
import { openPostgres } from './open-postgres.ts';

/** The service's database: PostgreSQL where one is configured, else PGlite. Open from start to shutdown. */
@Injectable()
export class DatabaseConnection implements OnModuleInit, OnApplicationShutdown {
  #open: OpenDatabase | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws Error before the start and after a start that failed */
  get db(): Database {
    return this.opened().db;
  }

  async onModuleInit(): Promise<void> {
    this.#open = await this.openConfigured();
    const { engine } = this.#open;
    this.logger.info({ event: 'database.opened', engine }, `database is ${engine}`);
    this.health.register({ name: 'database', critical: true, check: () => this.check() });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#open?.close();
  }

  private openConfigured(): Promise<OpenDatabase> {
    const { DATABASE_URL, DATA_DIR } = this.config;
    if (DATABASE_URL === undefined) return openPglite(DATA_DIR);
    return openPostgres(DATABASE_URL, (err) => {
      this.logger.warn({ event: 'database.connection-lost', err }, 'an idle connection was lost');
    });
  }

  private async check(): Promise<Record<string, unknown>> {
    const { engine, db, usage } = this.opened();
    await db.execute(sql`select 1`);
    return { engine, ...usage() };
  }

  private opened(): OpenDatabase {
    if (!this.#open) throw new Error('the database is not open');
    return this.#open;
  }
}
