import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { createResilientHttp } from '@film-store/resilience/axios';
import { FakeCatalog } from '../../test/fake-catalog.ts';
import { film } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';
import { startScoringThreads } from '../scoring/scoring-threads.ts';
import { recommendationsConfig } from '../recommendations.config.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { FilmsClient } from './films.client.ts';
import { FilmsService } from './films.service.ts';
import { FilmsRepository } from './films.repository.ts';

describe('FilmsService', () => {
  let directory: string;
  let catalog: FakeCatalog;
  let upstream: HttpUpstream;
  let pool: ScoringPool;
  let repository: FilmsRepository;
  let recommendations: RecommendationsService;
  let time: ManualTime;
  let service: FilmsService;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recommendations-'));
    catalog = new FakeCatalog();
    upstream = createUpstream('catalog', {
      url: await catalog.start(),
    });
    pool = new ScoringPool(startScoringThreads(), new HealthRegistry(), log.logger);
    repository = new FilmsRepository(
      recommendationsConfig.parse({ DATA_DIR: directory }),
      new HealthRegistry(),
      log.logger,
    );
    recommendations = new RecommendationsService(pool, new HealthRegistry(), log.logger);
    time = new ManualTime();
    service = new FilmsService(
      new FilmsClient(createResilientHttp(upstream)),
      repository,
      recommendations,
      time,
      log.logger,
    );
    log.takeEvents();
  });
  afterEach(async () => {
    await service.beforeApplicationShutdown();
    await upstream.onApplicationShutdown();
    await pool.onApplicationShutdown();
    await catalog.stop();
    await rm(directory, { recursive: true });
  });

  it('reads and stores all pages, and reads them again after five minutes', async () => {
    catalog.films = Array.from({ length: 1001 }, (_, index) => film(`film-${index}`));
    await service.onModuleInit();
    expect(await time.pause()).toBe(300_000);
    expect(catalog.requests).toEqual([
      '/products?limit=500',
      '/products?limit=500&cursor=500',
      '/products?limit=500&cursor=1000',
    ]);
    expect((await repository.read())?.films).toHaveLength(1001);
    catalog.films = [film('only')];
    await time.pass();
    expect(recommendations.popular(6)).toEqual({ items: [film('only')], asOf: '2026-01-01T00:05:00.000Z' });
  });

  it('uses the stored films while catalog is unreachable', async () => {
    await repository.write({ asOf: '2025-12-31T00:00:00.000Z', films: [film('stored')] });
    catalog.unreachable = true;
    await service.onModuleInit();
    expect(await time.pause()).toBe(500);
    expect(recommendations.popular(6)).toEqual({ items: [film('stored')], asOf: '2025-12-31T00:00:00.000Z' });
    expect(log.takeEvents()).toEqual(['model.built', 'films.read_failed']);
  });

  it('retries with a growing pause until it has films', async () => {
    catalog.unreachable = true;
    await service.onModuleInit();
    expect(await time.pause()).toBe(500);
    expect(await time.pass()).toBe(1000);
    catalog.unreachable = false;
    catalog.films = [film('a')];
    expect(await time.pass()).toBe(300_000);
    expect(recommendations.popular(6)).toEqual({ items: [film('a')], asOf: '2026-01-01T00:00:01.500Z' });
    expect(log.takeEvents()).toEqual(['films.read_failed', 'model.built', 'films.read_recovered']);
  });

  it('keeps its films when catalog is empty', async () => {
    catalog.films = [film('a')];
    await service.onModuleInit();
    await time.pause();
    catalog.films = [];
    expect(await time.pass()).toBe(500);
    expect(recommendations.popular(6).items).toEqual([film('a')]);
  });
});
