import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { StartUp } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import { deleteOldKeys } from './order-keys.repository.ts';

const EVERY_MS = 3_600_000;
/** Keys a statement, so that it is short and locks little. */
const BATCH = 1000;

/** Forgets old keys when the service has started and every hour; replicas that do so at once share the work. */
@Injectable()
export class KeyRetention implements OnModuleInit, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #underWay = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly startUp: StartUp,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.startUp.add(() => this.#begin());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#underWay;
  }

  #begin(): void {
    const forget = (): void => {
      this.#underWay = this.#underWay.then(() => this.#forget());
    };
    this.#timer = setInterval(forget, EVERY_MS).unref();
    forget();
  }

  async #forget(): Promise<void> {
    try {
      let forgotten = 0;
      let batch = BATCH;
      while (batch === BATCH && !this.#stopped) {
        batch = await this.database.execute((db) => deleteOldKeys(db, BATCH), {
          summary: 'DELETE order_keys',
        });
        forgotten += batch;
      }
      if (forgotten > 0)
        this.logger.info({ event: 'orders.keys-forgotten', forgotten }, `forgot ${forgotten} old keys`);
    } catch (err) {
      this.logger.warn({ event: 'orders.keys-kept', err }, 'old keys could not be forgotten');
    }
  }
}
