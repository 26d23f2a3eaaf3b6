import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Product } from '@film-store/contracts';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { createResilientHttp } from '@film-store/resilience/axios';
import { FakeCatalog } from '../../test/fake-catalog.ts';
import { film } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { RecommendationsFixture } from '../../test/recommendations-fixture.ts';
import type { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { FilmsClient } from './films.client.ts';
import { FilmsService } from './films.service.ts';

const createFilms = (count: number): Product[] =>
  Array.from({ length: count }, (_, index) => film(`film-${index}`));

describe('FilmsService', () => {
  let catalog: FakeCatalog;
  let upstream: HttpUpstream;
  let fixture: RecommendationsFixture;
  let recommendations: RecommendationsService;
  let time: ManualTime;
  let service: FilmsService;

  beforeEach(async () => {
    catalog = new FakeCatalog();
    // One attempt, so that each failed page is one failed poll.
    upstream = createUpstream('catalog', { url: await catalog.start(), policies: { retryAttempts: 1 } });
    fixture = await RecommendationsFixture.start();
    ({ recommendations } = fixture);
    time = new ManualTime();
    service = new FilmsService(
      new FilmsClient(createResilientHttp(upstream)),
      fixture.writer,
      recommendations,
      time,
      log.logger,
    );
    log.takeEvents();
  });
  afterEach(async () => {
    await service.beforeApplicationShutdown();
    await upstream.onApplicationShutdown();
    await fixture.remove();
    await catalog.stop();
  });

  it('reads all pages, and reads them again after five minutes', async () => {
    catalog.films = createFilms(1001);
    await service.onModuleInit();
    expect(await time.pause()).toBe(300_000);
    expect(catalog.requests).toEqual([
      '/products?limit=500',
      '/products?limit=500&cursor=500',
      '/products?limit=500&cursor=1000',
    ]);
    expect((await recommendations.similar('film-1000', 50)).items).toHaveLength(50);
    catalog.films = [film('only')];
    await time.pass();
    expect(await recommendations.popular(6)).toEqual({
      items: [film('only')],
      asOf: '2026-01-01T00:05:00.000Z',
    });
    await expect(recommendations.similar('film-1000', 6)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps the model when no film has changed', async () => {
    catalog.films = createFilms(3);
    await service.onModuleInit();
    await time.pause();
    await time.pass();
    expect(log.takeEvents()).toEqual(['model.built']);
    expect(await recommendations.popular(1)).toEqual({
      items: [film('film-0')],
      asOf: '2026-01-01T00:05:00.000Z',
    });
    catalog.films[1] = film('film-1', { title: 'New' });
    await time.pass();
    expect((await recommendations.similar('film-0', 1)).items).toEqual([film('film-1', { title: 'New' })]);
    expect(log.takeEvents()).toEqual(['model.built']);
  });

  it('uses the stored films while catalog is unreachable', async () => {
    await fixture.storeFilms([film('stored')], '2025-12-31T00:00:00.000Z');
    await fixture.stop();
    fixture = await RecommendationsFixture.start(fixture.directory);
    ({ recommendations } = fixture);
    const client = new FilmsClient(createResilientHttp(upstream));
    service = new FilmsService(client, fixture.writer, recommendations, time, log.logger);
    catalog.unreachable = true;
    await service.onModuleInit();
    expect(await time.pause()).toBe(500);
    expect(await recommendations.popular(6)).toEqual({
      items: [film('stored')],
      asOf: '2025-12-31T00:00:00.000Z',
    });
    expect(log.takeEvents()).toEqual(['model.built', 'films.read_failed']);
  });

  it('continues with the page that failed', async () => {
    catalog.films = createFilms(1001);
    catalog.failingPath = '/products?limit=500&cursor=500';
    await service.onModuleInit();
    expect(await time.pause()).toBe(500);
    expect(recommendations.hasModel).toBe(false);
    catalog.failingPath = undefined;
    expect(await time.pass()).toBe(300_000);
    expect(catalog.requests).toEqual([
      '/products?limit=500',
      '/products?limit=500&cursor=500',
      '/products?limit=500&cursor=500',
      '/products?limit=500&cursor=1000',
    ]);
    // The time at which the read began.
    expect(await recommendations.popular(1)).toEqual({
      items: [film('film-0')],
      asOf: '2026-01-01T00:00:00.000Z',
    });
  });

  it('begins again when a page has failed five times', async () => {
    catalog.films = createFilms(600);
    catalog.failingPath = '/products?limit=500&cursor=500';
    await service.onModuleInit();
    await time.pause();
    for (let failure = 2; failure <= 5; failure++) await time.pass();
    expect(catalog.requests.filter((path) => path === '/products?limit=500')).toHaveLength(1);
    catalog.failingPath = undefined;
    expect(await time.pass()).toBe(300_000);
    expect(catalog.requests.slice(-2)).toEqual(['/products?limit=500', '/products?limit=500&cursor=500']);
  });

  it('counts films that break the contract, and uses the others', async () => {
    catalog.films = [film('a'), { ...film('b'), title: 7 as unknown as string }, film('c')];
    await service.onModuleInit();
    expect(await time.pause()).toBe(300_000);
    expect(await recommendations.popular(6)).toMatchObject({ items: [film('a'), film('c')] });
    expect(log.takeEvents()).toEqual(['films.rejected', 'model.built']);
  });

  it('retries with a growing pause until it has films', async () => {
    catalog.unreachable = true;
    await service.onModuleInit();
    expect(await time.pause()).toBe(500);
    expect(await time.pass()).toBe(1000);
    catalog.unreachable = false;
    catalog.films = [film('a')];
    expect(await time.pass()).toBe(300_000);
    expect(await recommendations.popular(6)).toMatchObject({ items: [film('a')] });
    expect(log.takeEvents()).toEqual(['films.read_failed', 'model.built', 'films.read_recovered']);
  });

  it.each([
    ['is empty', []],
    ['has only films that break the contract', [{ ...film('b'), title: '' }]],
  ])('keeps its films when catalog %s', async (_, films) => {
    catalog.films = [film('a')];
    await service.onModuleInit();
    await time.pause();
    catalog.films = films;
    expect(await time.pass()).toBe(500);
    expect((await recommendations.popular(6)).items).toEqual([film('a')]);
  });
});
