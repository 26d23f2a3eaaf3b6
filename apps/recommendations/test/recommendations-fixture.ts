import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrderFeedEntry, Product } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { DatabaseWriter } from '../src/database/database-writer.ts';
import { recommendationsConfig } from '../src/recommendations.config.ts';
import { RecommendationsService } from '../src/recommendations/recommendations.service.ts';
import { ScoringPool } from '../src/scoring/scoring-pool.ts';
import { startScoringThreads } from '../src/scoring/scoring-threads.ts';
import { log } from './log.ts';

/** Contains the real parts below the pollers: a database in a temporary directory, and threads. */
export class RecommendationsFixture {
  readonly directory: string;
  readonly health = new HealthRegistry();
  readonly writer: DatabaseWriter;
  readonly threads = startScoringThreads();
  readonly pool: ScoringPool;
  readonly recommendations: RecommendationsService;

  private constructor(directory: string) {
    this.directory = directory;
    const config = recommendationsConfig.parse({ DATA_DIR: directory });
    this.writer = new DatabaseWriter(config, new HealthRegistry(), log.logger);
    this.pool = new ScoringPool(this.threads, this.writer, new HealthRegistry(), log.logger);
    this.recommendations = new RecommendationsService(this.pool, this.health, log.logger);
  }

  /** @param directory of an earlier fixture, to continue with its data */
  static async start(directory?: string): Promise<RecommendationsFixture> {
    const fixture = new RecommendationsFixture(
      directory ?? (await mkdtemp(join(tmpdir(), 'recommendations-'))),
    );
    await fixture.writer.open();
    return fixture;
  }

  /** Replaces all films, and uses them. */
  async useFilms({ films, asOf }: { films: Product[]; asOf: string }): Promise<void> {
    await this.storeFilms(films, asOf);
    this.recommendations.useFilms(await this.writer.write('build', {}), asOf);
  }

  /** Replaces all stored films, without a use of them. */
  async storeFilms(films: Product[], asOf: string): Promise<void> {
    const { numbers } = await this.writer.write('storeFilms', { products: films });
    const found = new Uint8Array(1024);
    for (const number of numbers) found[number >> 3]! |= 1 << (number & 7);
    await this.writer.write('removeOtherFilms', { found, asOf });
  }

  async addOrders(entries: readonly OrderFeedEntry[]): Promise<void> {
    this.recommendations.noteOrders(await this.writer.write('addOrders', { entries }));
  }

  /** Stops all parts, and keeps the directory. */
  async stop(): Promise<void> {
    await this.pool.onApplicationShutdown();
    await this.writer.onApplicationShutdown();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
  }
}
