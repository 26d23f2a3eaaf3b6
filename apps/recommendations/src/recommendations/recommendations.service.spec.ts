import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { film, ids } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { entry } from '../../test/orders.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';
import { startScoringThreads } from '../scoring/scoring-threads.ts';
import { RecommendationsService } from './recommendations.service.ts';

const first = {
  asOf: '2026-01-01T00:00:00.000Z',
  films: [film('c'), film('b', { genre: 'Western' }), film('a', { genre: 'Western' }), film('d')],
};
const second = { asOf: '2026-01-02T00:00:00.000Z', films: [film('a'), film('d', { title: 'New' })] };

describe('RecommendationsService', () => {
  let pool: ScoringPool;
  let health: HealthRegistry;
  let recommendations: RecommendationsService;

  beforeEach(() => {
    pool = new ScoringPool(startScoringThreads(), new HealthRegistry(), log.logger);
    health = new HealthRegistry();
    recommendations = new RecommendationsService(pool, health, log.logger);
    recommendations.onModuleInit();
  });
  afterEach(() => pool.onApplicationShutdown());

  const checkModel = async () => health.all()[0]?.check({ signal: new AbortController().signal });

  it('is unavailable and unhealthy before the first films', async () => {
    await expect(recommendations.similar('a', 6)).rejects.toMatchObject({ code: 'unavailable' });
    expect(() => recommendations.popular(6)).toThrowError(expect.objectContaining({ code: 'unavailable' }));
    await expect(checkModel()).rejects.toThrowError('no films have been read yet');
  });

  it('returns similar products, equal ones in the order of ids, and the time of its films', async () => {
    recommendations.useFilms(first);
    const { items, asOf } = await recommendations.similar('a', 2);
    expect(items).toEqual([film('b', { genre: 'Western' }), film('c')]);
    expect(asOf).toBe('2026-01-01T00:00:00.000Z');
  });

  it('never returns the product itself', async () => {
    recommendations.useFilms(first);
    expect(ids((await recommendations.similar('a', 50)).items)).toEqual(['b', 'c', 'd']);
  });

  it('rejects an unknown product', async () => {
    recommendations.useFilms(first);
    await expect(recommendations.similar('z', 6)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('uses new orders immediately and clears them on request', async () => {
    recommendations.useFilms(first);
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['b']);
    expect(ids(recommendations.popular(2).items)).toEqual(['a', 'b']);
    recommendations.addOrders([1, 2, 3].map((seq) => entry(seq, ['a', 'd', 'removed'])));
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['d']);
    expect(ids(recommendations.popular(2).items)).toEqual(['a', 'd']);
    recommendations.clearOrders();
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['b']);
    expect(ids(recommendations.popular(2).items)).toEqual(['a', 'b']);
  });

  it('keeps orders when films are read again', async () => {
    recommendations.addOrders([entry(1, ['d'])]);
    recommendations.useFilms(first);
    expect(ids(recommendations.popular(1).items)).toEqual(['d']);
  });

  it('completes a call with the films it started with and does not cache its response for newer films', async () => {
    recommendations.useFilms(first);
    const early = recommendations.similar('a', 6);
    recommendations.useFilms(second);
    const late = recommendations.similar('a', 6);
    expect(ids((await early).items)).toEqual(['b', 'c', 'd']);
    expect((await early).asOf).toBe('2026-01-01T00:00:00.000Z');
    expect((await late).items).toEqual([film('d', { title: 'New' })]);
    expect((await recommendations.similar('a', 6)).items).toEqual([film('d', { title: 'New' })]);
  });

  it('reports the active model in its health check', async () => {
    recommendations.useFilms(first);
    recommendations.useFilms(second);
    expect(await checkModel()).toEqual({ films: 2, asOf: '2026-01-02T00:00:00.000Z', version: 2 });
  });
});
