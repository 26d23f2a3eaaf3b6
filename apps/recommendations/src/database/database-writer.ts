import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, diskIndicator } from '@film-store/health';
import { CONFIG } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';
import { Threads } from '../threads/threads.ts';
import { LATER_TABLES, isDamage } from './check-file.ts';
import { removeDatabase } from './database.ts';
import type * as tasks from './write-tasks.ts';

/** Longer than the pause between two reads of the feed, so that a store with orders keeps the thread. */
const IDLE_MS = 10_000;

/** Writes films and sales to a file, and builds the model from it, in one thread. The file has all that a restart without catalog needs. */
@Injectable()
export class DatabaseWriter implements OnModuleInit, OnApplicationShutdown {
  readonly file: string;
  readonly #directory: string;
  readonly #threads = new Threads<typeof tasks>({
    module: new URL('write-tasks', import.meta.url),
    count: 0,
    idleMs: IDLE_MS,
    heapMiB: 32,
  });
  #opened: Promise<tasks.StoredState> | undefined;
  #damage: Error | undefined;

  constructor(
    @Inject(CONFIG) { DATA_DIR }: RecommendationsConfig,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
  ) {
    this.#directory = DATA_DIR;
    this.file = join(DATA_DIR, 'recommendations.sqlite');
  }

  onModuleInit(): void {
    this.health.register(diskIndicator(this.#directory));
  }

  /** Opens the file once. Discards an unusable file, because catalog has all data. */
  open(): Promise<tasks.StoredState> {
    return (this.#opened ??= this.#open());
  }

  async #open(): Promise<tasks.StoredState> {
    const state = await this.#threads.run('openFile', { file: this.file });
    if (state.discarded !== undefined) {
      this.logger.warn(
        { event: 'database.discarded', file: this.file, reason: state.discarded },
        'the file of films and sales is unusable; reading both again',
      );
    }
    // After the first model is built: a check takes seconds.
    if (state.isUnchecked) setImmediate(() => void this.#checkLater());
    return state;
  }

  /** Each check is a task of its own, so that orders are counted between them. */
  async #checkLater(): Promise<void> {
    for (const table of LATER_TABLES) await this.write('checkTable', { table }).catch(() => undefined);
  }

  /**
   * Waits for work with the file. Damage ends the process after the file is deleted, because the numbers of the films in the model
   * do not fit another file. The next start reads films and orders again.
   */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isDamage(error)) this.#discard(error);
      throw error;
    }
  }

  #discard(err: Error): void {
    if (this.#damage) return;
    this.#damage = err;
    this.logger.error(
      { event: 'database.damaged', file: this.file, err },
      'the file of films and sales is damaged; deleting it and stopping, so that a restart reads both again',
    );
    removeDatabase(this.file);
    // As an uncaught error it stops the service in order.
    setImmediate(() => {
      throw err;
    });
  }

  /** Runs a task after all earlier ones. `signal` aborts it. @throws the error of SQLite */
  write<Name extends Exclude<keyof typeof tasks, 'openFile'>>(
    name: Name,
    task: Omit<Parameters<(typeof tasks)[Name]>[0], 'file'>,
    signal?: AbortSignal,
  ): Promise<ReturnType<(typeof tasks)[Name]>> {
    // A thread would create another file.
    if (this.#damage) return Promise.reject(this.#damage);
    return this.guard(this.#threads.run(name, { ...task, file: this.file }, signal));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#threads.stop();
  }
}
