import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { FakeCatalog } from '../../test/fake-catalog.ts';
import { film, ids } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { entry } from '../../test/orders.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';
import { startScoringThreads } from '../scoring/scoring-threads.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { FeedService } from './feed.service.ts';

describe('FeedService', () => {
  let catalog: FakeCatalog;
  let upstream: HttpUpstream;
  let pool: ScoringPool;
  let health: HealthRegistry;
  let recommendations: RecommendationsService;
  let time: ManualTime;
  let service: FeedService;

  beforeEach(async () => {
    catalog = new FakeCatalog();
    upstream = createUpstream('catalog', {
      url: await catalog.start(),
    });
    pool = new ScoringPool(startScoringThreads(), new HealthRegistry(), log.logger);
    health = new HealthRegistry();
    recommendations = new RecommendationsService(pool, health, log.logger);
    recommendations.useFilms({
      asOf: '2026-01-01T00:00:00.000Z',
      films: [film('a'), film('b', { imdb: { rating: null, votes: 2500 } })],
    });
    time = new ManualTime();
    service = new FeedService(upstream, recommendations, health, time, log.logger);
    log.takeEvents();
  });
  afterEach(async () => {
    await service.beforeApplicationShutdown();
    await upstream.onApplicationShutdown();
    await pool.onApplicationShutdown();
    await catalog.stop();
  });

  const findMostPopular = () => ids(recommendations.popular(1).items);
  const checkFeed = async () => health.all()[0]?.check({ signal: new AbortController().signal });

  it('polls every second and applies every entry once', async () => {
    catalog.orders = [entry(1, ['a']), entry(2, ['a'])];
    service.onModuleInit();
    expect(await time.pause()).toBe(1000);
    expect(await time.pass()).toBe(1000);
    expect(await time.pass()).toBe(1000);
    // Two units count less than the votes of b, three count more.
    expect(findMostPopular()).toEqual(['b']);
    catalog.orders.push(entry(3, ['a']));
    await time.pass();
    expect(findMostPopular()).toEqual(['a']);
    expect(await checkFeed()).toEqual({
      cursor: 3,
      breaker: 'closed',
      lastSuccess: '2026-01-01T00:00:03.000Z',
      lagMs: 0,
    });
  });

  it('polls without a pause while pages are full', async () => {
    catalog.orders = Array.from({ length: 1200 }, (_, index) => entry(index + 1, ['a']));
    service.onModuleInit();
    expect(await time.pause()).toBe(0);
    expect(await time.pass()).toBe(0);
    expect(await time.pass()).toBe(1000);
    expect(await checkFeed()).toMatchObject({ cursor: 1200 });
  });

  it('counts each order once across a catalog outage', async () => {
    catalog.orders = [entry(1, ['a']), entry(2, ['a'])];
    service.onModuleInit();
    await time.pause();
    catalog.unreachable = true;
    expect(await time.pass()).toBe(500);
    expect(await time.pass()).toBe(1000);
    await expect(checkFeed()).rejects.toThrowError(
      'the order feed cannot be read since 2026-01-01T00:00:00.000Z',
    );
    catalog.unreachable = false;
    await time.pass();
    expect(findMostPopular()).toEqual(['b']);
    catalog.orders.push(entry(3, ['a']));
    await time.pass();
    expect(findMostPopular()).toEqual(['a']);
    expect(log.takeEvents()).toEqual(['feed.read_failed', 'feed.read_recovered']);
  });

  it('counts from zero when the feed has another history', async () => {
    catalog.orders = [1, 2, 3].map((seq) => entry(seq, ['a']));
    service.onModuleInit();
    await time.pause();
    expect(findMostPopular()).toEqual(['a']);
    catalog.orders = [1, 2, 3, 4].map((seq) => entry(seq, ['b'], 1));
    await time.pass();
    await time.pass();
    expect(findMostPopular()).toEqual(['b']);
    expect(await checkFeed()).toMatchObject({ cursor: 4 });
    expect(log.takeEvents()).toEqual(['feed.restarted']);
  });
});
