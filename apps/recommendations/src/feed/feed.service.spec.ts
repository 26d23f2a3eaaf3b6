import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { FakeCatalog } from '../../test/fake-catalog.ts';
import { film, ids } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { entry } from '../../test/orders.ts';
import { RecommendationsFixture } from '../../test/recommendations-fixture.ts';
import { FeedService } from './feed.service.ts';

const films = [film('a'), film('b', { imdb: { rating: null, votes: 2500 } })];

describe('FeedService', () => {
  let catalog: FakeCatalog;
  let upstream: HttpUpstream;
  let fixture: RecommendationsFixture;
  let health: HealthRegistry;
  let time: ManualTime;
  let service: FeedService;

  beforeEach(async () => {
    catalog = new FakeCatalog();
    upstream = createUpstream('catalog', {
      url: await catalog.start(),
    });
    fixture = await RecommendationsFixture.start();
    await fixture.useFilms({ films, asOf: '2026-01-01T00:00:00.000Z' });
    startFeed();
    log.takeEvents();
  });
  afterEach(async () => {
    await service.beforeApplicationShutdown();
    await upstream.onApplicationShutdown();
    await fixture.remove();
    await catalog.stop();
  });

  function startFeed(): void {
    health = new HealthRegistry();
    time = new ManualTime();
    service = new FeedService(upstream, fixture.writer, fixture.recommendations, health, time, log.logger);
  }

  /** Stops the feed and everything below it, and starts all of it again with the same files. */
  async function restart(): Promise<void> {
    await service.beforeApplicationShutdown();
    await fixture.stop();
    fixture = await RecommendationsFixture.start(fixture.directory);
    fixture.recommendations.useFilms(await fixture.writer.write('build', {}), '2026-01-01T00:00:00.000Z');
    startFeed();
  }

  const findMostPopular = async () => ids((await fixture.recommendations.popular(1)).items);
  const check = async (name: string) =>
    health
      .all()
      .find((indicator) => indicator.name === name)
      ?.check({ signal: new AbortController().signal });
  const checkFeed = () => check('catalog');

  it('polls every second and applies every entry once', async () => {
    catalog.orders = [entry(1, ['a']), entry(2, ['a'])];
    await service.onModuleInit();
    expect(await time.pause()).toBe(1000);
    expect(await time.pass()).toBe(1000);
    expect(await time.pass()).toBe(1000);
    // Two units count less than the votes of b, three count more.
    expect(await findMostPopular()).toEqual(['b']);
    catalog.orders.push(entry(3, ['a']));
    await time.pass();
    expect(await findMostPopular()).toEqual(['a']);
    expect(await checkFeed()).toEqual({
      cursor: 3,
      breaker: 'closed',
      lastSuccess: '2026-01-01T00:00:03.000Z',
      lagMs: 0,
    });
  });

  it('polls without a pause while pages are full', async () => {
    catalog.orders = Array.from({ length: 1200 }, (_, index) => entry(index + 1, ['a']));
    await service.onModuleInit();
    expect(await time.pause()).toBe(0);
    expect(await time.pass()).toBe(0);
    expect(await time.pass()).toBe(1000);
    expect(await checkFeed()).toMatchObject({ cursor: 1200 });
  });

  it('counts each order once across a catalog outage', async () => {
    catalog.orders = [entry(1, ['a']), entry(2, ['a'])];
    await service.onModuleInit();
    await time.pause();
    catalog.unreachable = true;
    expect(await time.pass()).toBe(500);
    expect(await time.pass()).toBe(1000);
    await expect(checkFeed()).rejects.toThrowError(
      'the order feed cannot be read since 2026-01-01T00:00:00.000Z',
    );
    catalog.unreachable = false;
    await time.pass();
    expect(await findMostPopular()).toEqual(['b']);
    catalog.orders.push(entry(3, ['a']));
    await time.pass();
    expect(await findMostPopular()).toEqual(['a']);
    expect(log.takeEvents()).toEqual(['feed.read_failed', 'feed.read_recovered']);
  });

  it('counts from zero when the feed has another history', async () => {
    catalog.orders = [1, 2, 3].map((seq) => entry(seq, ['a']));
    await service.onModuleInit();
    await time.pause();
    expect(await findMostPopular()).toEqual(['a']);
    catalog.orders = [1, 2, 3, 4].map((seq) => entry(seq, ['b'], 1));
    await time.pass();
    await time.pass();
    expect(await findMostPopular()).toEqual(['b']);
    expect(await checkFeed()).toMatchObject({ cursor: 4 });
    expect(log.takeEvents()).toEqual(['feed.restarted']);
  });

  it('continues after a restart where the stored counts end', async () => {
    catalog.orders = [entry(1, ['a']), entry(2, ['a'])];
    await service.onModuleInit();
    await time.pause();
    await restart();
    catalog.requests.length = 0;
    await service.onModuleInit();
    await time.pause();
    expect(catalog.requests).toEqual(['/orders/feed?after=1&limit=500']);
    expect(await findMostPopular()).toEqual(['b']);
    catalog.orders.push(entry(3, ['a']));
    await time.pass();
    expect(await findMostPopular()).toEqual(['a']);
  });

  it('counts from zero when the feed got another history during a restart', async () => {
    catalog.orders = [1, 2, 3].map((seq) => entry(seq, ['a']));
    await service.onModuleInit();
    await time.pause();
    await restart();
    catalog.orders = [1, 2, 3].map((seq) => entry(seq, ['b'], 1));
    await service.onModuleInit();
    await time.pause();
    await time.pass();
    expect(await findMostPopular()).toEqual(['b']);
    expect(log.takeEvents()).toContain('feed.restarted');
  });

  it('reports sales as degraded until it has read all orders', async () => {
    catalog.orders = Array.from({ length: 700 }, (_, index) => entry(index + 1, ['a']));
    await service.onModuleInit();
    expect(await time.pause()).toBe(0);
    await expect(check('sales')).rejects.toMatchObject({
      message: 'the sales do not have all orders',
      details: { cursor: 500 },
    });
    expect(await time.pass()).toBe(1000);
    expect(await check('sales')).toEqual({ cursor: 700, lagMs: 0 });
  });

  it('reports sales as degraded when they are more than a minute old', async () => {
    await service.onModuleInit();
    await time.pause();
    catalog.unreachable = true;
    // The pauses are 1 s, 0.5 s, 1 s, and then 2 s each.
    for (let passed = 0; passed < 31; passed++) await time.pass();
    expect(await check('sales')).toEqual({ cursor: 0, lagMs: 58_500 });
    await time.pass();
    await expect(check('sales')).rejects.toMatchObject({ details: { cursor: 0, lagMs: 60_500 } });
  });
});
