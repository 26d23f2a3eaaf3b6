import { setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type ResilienceExecutor, monotonicNow } from '@film-store/core';
import { ReadinessTasks } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database } from '../database/database.ts';
import { DELETION_TIMEOUT_MS, deleteOldKeys } from './order-keys.repository.ts';

const INTERVAL_MS = 3_600_000;
/** Pause after a failure, in milliseconds. */
const RETRY_MS = 60_000;
/** Keys per batch. A batch takes 15 ms of CPU, so that its round trips and commit hardly count. */
const BATCH_SIZE = 5000;
/** Pause after a batch, as a multiple of its duration. So the deletion uses a twentieth of the time of one connection. */
const PAUSE_MULTIPLE = 19;

/** Deletes old idempotency keys at startup and every hour. Replicas that run at the same time share the work. */
@Injectable()
export class KeyRetention implements OnModuleInit, BeforeApplicationShutdown {
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    @Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>,
    private readonly readinessTasks: ReadinessTasks,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.readinessTasks.add(() => {
      this.#running = this.#run();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const pauseMs = (await this.#deleteOldKeys()) ? INTERVAL_MS : RETRY_MS;
      await this.#pause(pauseMs);
    }
  }

  /** Resolves with `false` if the deletion failed. */
  async #deleteOldKeys(): Promise<boolean> {
    let deleted = 0;
    try {
      for (let batch = await this.#deleteBatch(); ; batch = await this.#deleteBatch(batch.lastCreatedAt)) {
        deleted += batch.deleted;
        if (batch.deleted < BATCH_SIZE || this.#stop.signal.aborted) break;
        await this.#pause(PAUSE_MULTIPLE * batch.durationMs);
      }
      return true;
    } catch (err) {
      this.logger.warn(
        { event: 'orders.key_deletion_failed', err },
        'old idempotency keys could not be deleted; retrying in a minute',
      );
      return false;
    } finally {
      if (deleted > 0)
        this.logger.info(
          { event: 'orders.keys_deleted', deleted },
          `deleted ${deleted} old idempotency keys`,
        );
    }
  }

  async #deleteBatch(from?: Date) {
    const startedAt = monotonicNow();
    const batch = await this.database.execute((db) => deleteOldKeys(db, BATCH_SIZE, from), {
      timeoutMs: DELETION_TIMEOUT_MS,
      summary: 'DELETE order_keys',
    });
    return { ...batch, durationMs: monotonicNow() - startedAt };
  }

  /** Ends early when the service stops. */
  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}
