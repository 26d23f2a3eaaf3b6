import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { ResilienceExecutor } from '@film-store/core';
import { ReadinessTasks } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database } from '../database/database.ts';
import { deleteOldKeys } from './order-keys.repository.ts';

const INTERVAL_MS = 3_600_000;
/** Keys per statement. Keeps statements and their locks short. */
const BATCH_SIZE = 1000;

/** Deletes old idempotency keys at startup and every hour. Replicas that run at the same time share the work. */
@Injectable()
export class KeyRetention implements OnModuleInit, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running = Promise.resolve();
  #stopped = false;

  constructor(
    @Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>,
    private readonly readinessTasks: ReadinessTasks,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.readinessTasks.add(() => this.#start());
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
    this.#timer = setInterval(clean, INTERVAL_MS).unref();
    clean();
  }

  async #deleteOldKeys(): Promise<void> {
    try {
      let deleted = 0;
      let batch = BATCH_SIZE;
      while (batch === BATCH_SIZE && !this.#stopped) {
        batch = await this.database.execute((db) => deleteOldKeys(db, BATCH_SIZE), {
          summary: 'DELETE order_keys',
        });
        deleted += batch;
      }
      if (deleted > 0)
        this.logger.info(
          { event: 'orders.keys_deleted', deleted },
          `deleted ${deleted} old idempotency keys`,
        );
    } catch (err) {
      this.logger.warn(
        { event: 'orders.key_deletion_failed', err },
        'old idempotency keys could not be deleted; retrying in an hour',
      );
    }
  }
}
