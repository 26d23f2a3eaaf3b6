import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, diskIndicator } from '@film-store/health';
import { CONFIG } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';
import { type FilmSnapshot, filmSnapshot } from './films.schema.ts';

/** Keeps the last snapshot on disk. It is a convenience: what cannot be read or written is logged, never thrown. */
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

  /** The snapshot kept, or `undefined` where there is none that can be used. */
  async read(): Promise<FilmSnapshot | undefined> {
    try {
      return filmSnapshot.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (err) {
      if (!isFileMissing(err)) {
        this.logger.warn({ event: 'snapshot.ignored', file: this.#file, err }, 'the snapshot cannot be used');
      }
      return undefined;
    }
  }

  /** Replaces the snapshot as a whole: a crash leaves the old one or the new one, never a part. */
  async write(snapshot: FilmSnapshot): Promise<void> {
    const temporary = `${this.#file}.tmp`;
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(temporary, JSON.stringify(snapshot), { flush: true });
      await rename(temporary, this.#file);
    } catch (err) {
      this.logger.warn(
        { event: 'snapshot.write_failed', file: this.#file, err },
        'the snapshot cannot be kept',
      );
    }
  }
}

const isFileMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
