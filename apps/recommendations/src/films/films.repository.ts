import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, diskIndicator } from '@film-store/health';
import { CONFIG } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';
import { type FilmSnapshot, filmSnapshot } from './films.schema.ts';

/** Stores the last snapshot on disk. The snapshot is optional, so errors are logged and not thrown. */
@Injectable()
export class FilmsRepository implements OnModuleInit {
  readonly #directory: string;
  readonly #file: string;

  constructor(
    @Inject(CONFIG) config: RecommendationsConfig,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
  ) {
    this.#directory = config.DATA_DIR;
    this.#file = join(config.DATA_DIR, 'films.json');
  }

  onModuleInit(): void {
    this.health.register(diskIndicator(this.#directory));
  }

  /** Returns the stored snapshot, or `undefined` if it is missing or invalid. */
  async read(): Promise<FilmSnapshot | undefined> {
    try {
      return filmSnapshot.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (err) {
      if (!isFileMissing(err)) {
        this.logger.warn(
          { event: 'snapshot.ignored', file: this.#file, err },
          'the film snapshot is invalid; starting without it',
        );
      }
      return undefined;
    }
  }

  /** Replaces the snapshot atomically: after a crash, the file is either the old or the new snapshot. */
  async write(snapshot: FilmSnapshot): Promise<void> {
    const temporaryFile = `${this.#file}.tmp`;
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(temporaryFile, JSON.stringify(snapshot), { flush: true });
      await rename(temporaryFile, this.#file);
    } catch (err) {
      this.logger.warn(
        { event: 'snapshot.write_failed', file: this.#file, err },
        'the film snapshot cannot be written',
      );
    }
  }
}

const isFileMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
