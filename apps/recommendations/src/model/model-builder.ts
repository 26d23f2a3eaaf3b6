import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseWriter } from '../database/database-writer.ts';
import { Threads } from '../threads/threads.ts';
import type * as tasks from './build-tasks.ts';
import type { FilmTable } from './film-table.ts';

/** Builds models in a thread of its own, which exits afterwards. */
@Injectable()
export class ModelBuilder implements OnApplicationShutdown {
  readonly #threads = new Threads<typeof tasks>({
    module: new URL('build-tasks', import.meta.url),
    count: 0,
    heapMiB: 128,
  });

  constructor(private readonly writer: DatabaseWriter) {}

  /** Returns a table of the stored films. `signal` aborts the work. */
  build(signal?: AbortSignal): Promise<FilmTable> {
    return this.#threads.run('build', { file: this.writer.file }, signal);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#threads.stop();
  }
}
