import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { film, ids } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { entry } from '../../test/orders.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';
import { startScoringThreads } from '../scoring/scoring-threads.ts';
import { Recommender } from './recommendations.service.ts';

const first = {
  asOf: '2026-01-01T00:00:00.000Z',
  films: [film('c'), film('b', { genre: 'Western' }), film('a', { genre: 'Western' }), film('d')],
};
const second = { asOf: '2026-01-02T00:00:00.000Z', films: [film('a'), film('d', { title: 'New' })] };

describe('Recommender', () => {
  let pool: ScoringPool;
  let health: HealthRegistry;
  let recommender: Recommender;

  beforeEach(() => {
    pool = new ScoringPool(startScoringThreads(), new HealthRegistry(), log.logger);
    health = new HealthRegistry();
    recommender = new Recommender(pool, health, log.logger);
    recommender.onModuleInit();
  });
  afterEach(() => pool.onApplicationShutdown());

  const checkModel = async () => health.all()[0]?.check({ signal: new AbortController().signal });

  it('is unavailable and not healthy before the first films', async () => {
    await expect(recommender.similar('a', 6)).rejects.toMatchObject({ code: 'unavailable' });
    expect(() => recommender.popular(6)).toThrowError(expect.objectContaining({ code: 'unavailable' }));
    await expect(checkModel()).rejects.toThrowError('the films have not been read yet');
  });

  it('answers with similar products, equal ones in order of id, and the time of its films', async () => {
    recommender.useFilms(first);
    const { items, asOf } = await recommender.similar('a', 2);
    expect(items).toEqual([film('b', { genre: 'Western' }), film('c')]);
    expect(asOf).toBe('2026-01-01T00:00:00.000Z');
  });

  it('never answers with the product itself', async () => {
    recommender.useFilms(first);
    expect(ids((await recommender.similar('a', 50)).items)).toEqual(['b', 'c', 'd']);
  });

  it('does not know a product that is not in its films', async () => {
    recommender.useFilms(first);
    await expect(recommender.similar('z', 6)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes orders into account at once, and forgets them when told to', async () => {
    recommender.useFilms(first);
    expect(ids((await recommender.similar('a', 1)).items)).toEqual(['b']);
    expect(ids(recommender.popular(2).items)).toEqual(['a', 'b']);
    recommender.addOrders([1, 2, 3].map((seq) => entry(seq, ['a', 'd', 'gone'])));
    expect(ids((await recommender.similar('a', 1)).items)).toEqual(['d']);
    expect(ids(recommender.popular(2).items)).toEqual(['a', 'd']);
    recommender.forgetOrders();
    expect(ids((await recommender.similar('a', 1)).items)).toEqual(['b']);
    expect(ids(recommender.popular(2).items)).toEqual(['a', 'b']);
  });

  it('keeps its orders when the films are read again', async () => {
    recommender.addOrders([entry(1, ['d'])]);
    recommender.useFilms(first);
    expect(ids(recommender.popular(1).items)).toEqual(['d']);
  });

  it('finishes a call with the films it began with, and does not keep its answer for the new ones', async () => {
    recommender.useFilms(first);
    const early = recommender.similar('a', 6);
    recommender.useFilms(second);
    const late = recommender.similar('a', 6);
    expect(ids((await early).items)).toEqual(['b', 'c', 'd']);
    expect((await early).asOf).toBe('2026-01-01T00:00:00.000Z');
    expect((await late).items).toEqual([film('d', { title: 'New' })]);
    expect((await recommender.similar('a', 6)).items).toEqual([film('d', { title: 'New' })]);
  });

  it('tells health which model is in use', async () => {
    recommender.useFilms(first);
    recommender.useFilms(second);
    expect(await checkModel()).toEqual({ films: 2, asOf: '2026-01-02T00:00:00.000Z', version: 2 });
  });
});
