import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, diskIndicator } from '@film-store/health';
import { CONFIG } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';
import { Threads } from '../threads/threads.ts';
import type * as tasks from './write-tasks.ts';

/** Writes films and sales to a file, in one thread. The file has all that a restart without catalog needs. */
@Injectable()
export class DatabaseWriter implements OnModuleInit, OnApplicationShutdown {
  readonly file: string;
  readonly #directory: string;
  readonly #threads = new Threads<typeof tasks>({
    module: new URL('write-tasks', import.meta.url),
    count: 1,
    heapMiB: 48,
  });
  #opened: Promise<tasks.StoredState> | undefined;

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
    return state;
  }

  /** Runs a task after all earlier ones. @throws the error of SQLite */
  write<Name extends Exclude<keyof typeof tasks, 'openFile'>>(
    name: Name,
    task: Omit<Parameters<(typeof tasks)[Name]>[0], 'file'>,
  ): Promise<ReturnType<(typeof tasks)[Name]>> {
    return this.#threads.run(name, { ...task, file: this.file });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#threads.stop();
  }
}
