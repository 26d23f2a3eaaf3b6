import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { ResilienceExecutor } from '@film-store/core';
import { ReadinessTasks } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database } from '../database/database.ts';
import { deleteOldKeys } from './order-keys.repository.ts';

const EVERY_MS = 3_600_000;
/** Keys a statement, so that it is short and locks little. */
const BATCH = 1000;

/** Deletes old keys after the start of the service and every hour. Replicas that do so at once share the work. */
@Injectable()
export class KeyRetention implements OnModuleInit, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running = Promise.resolve();
  #stopped = false;

  constructor(
    @Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>,
    private readonly startUp: ReadinessTasks,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.startUp.add(() => this.#start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  #start(): void {
    const clean = (): void => {
      this.#running = this.#running.then(() => this.#deleteOldKeys());
    };
    this.#timer = setInterval(clean, EVERY_MS).unref();
    clean();
  }

  async #deleteOldKeys(): Promise<void> {
    try {
      let deleted = 0;
      let batch = BATCH;
      while (batch === BATCH && !this.#stopped) {
        batch = await this.database.execute((db) => deleteOldKeys(db, BATCH), {
          summary: 'DELETE order_keys',
        });
        deleted += batch;
      }
      if (deleted > 0)
        this.logger.info({ event: 'orders.keys_deleted', forgotten: deleted }, `deleted ${deleted} old keys`);
    } catch (err) {
      this.logger.warn({ event: 'orders.key_deletion_failed', err }, 'old keys could not be deleted');
    }
  }
}
