import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthRegistry } from '@film-store/health';
import { film, ids } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import { RecommendationsFixture } from '../../test/recommendations-fixture.ts';
import type { RecommendationsService } from './recommendations.service.ts';

const first = {
  asOf: '2026-01-01T00:00:00.000Z',
  films: [film('c'), film('b', { genre: 'Western' }), film('a', { genre: 'Western' }), film('d')],
};
const second = { asOf: '2026-01-02T00:00:00.000Z', films: [film('a'), film('d', { title: 'New' })] };

describe('RecommendationsService', () => {
  let fixture: RecommendationsFixture;
  let health: HealthRegistry;
  let recommendations: RecommendationsService;

  beforeEach(async () => {
    fixture = await RecommendationsFixture.start();
    ({ health, recommendations } = fixture);
    recommendations.onModuleInit();
  });
  afterEach(() => fixture.remove());

  const checkModel = async () => health.all()[0]?.check({ signal: new AbortController().signal });

  it('is unavailable and unhealthy before the first films', async () => {
    await expect(recommendations.similar('a', 6)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(recommendations.popular(6)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(checkModel()).rejects.toThrowError('no films have been read yet');
  });

  it('returns similar products, equal ones in the order of ids, and the time of its films', async () => {
    await fixture.useFilms(first);
    const { items, asOf } = await recommendations.similar('a', 2);
    expect(items).toEqual([film('b', { genre: 'Western' }), film('c')]);
    expect(asOf).toBe('2026-01-01T00:00:00.000Z');
  });

  it('never returns the product itself', async () => {
    await fixture.useFilms(first);
    expect(ids((await recommendations.similar('a', 50)).items)).toEqual(['b', 'c', 'd']);
  });

  it('rejects an unknown product', async () => {
    await fixture.useFilms(first);
    await expect(recommendations.similar('z', 6)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('uses new orders immediately and clears them on request', async () => {
    await fixture.useFilms(first);
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['b']);
    expect(ids((await recommendations.popular(2)).items)).toEqual(['a', 'b']);
    await fixture.addOrders([1, 2, 3].map((seq) => entry(seq, ['a', 'd', 'removed'])));
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['d']);
    expect(ids((await recommendations.popular(2)).items)).toEqual(['a', 'd']);
    await fixture.writer.write('clearOrders', {});
    recommendations.noteClearedOrders();
    expect(ids((await recommendations.similar('a', 1)).items)).toEqual(['b']);
    expect(ids((await recommendations.popular(2)).items)).toEqual(['a', 'b']);
  });

  it('keeps orders when films are read again', async () => {
    await fixture.addOrders([entry(1, ['d'])]);
    await fixture.useFilms(first);
    expect(ids((await recommendations.popular(1)).items)).toEqual(['d']);
  });

  it('does not cache a ranking that was computed for earlier films', async () => {
    await fixture.useFilms(first);
    const early = recommendations.similar('a', 6);
    await fixture.useFilms(second);
    expect((await early).asOf).toBe('2026-01-01T00:00:00.000Z');
    expect(await recommendations.similar('a', 6)).toEqual({
      items: [film('d', { title: 'New' })],
      asOf: '2026-01-02T00:00:00.000Z',
    });
  });

  it('leaves out films that were removed after the model was built', async () => {
    await fixture.useFilms(first);
    await fixture.storeFilms(second.films, second.asOf);
    expect(ids((await recommendations.similar('a', 6)).items)).toEqual(['d']);
  });

  it('keeps a ranking when an order has none of its films', async () => {
    await fixture.useFilms(first);
    await recommendations.similar('a', 6);
    const completed = () => fixture.threads.pool.completed;
    const before = completed();
    await fixture.addOrders([entry(1, ['c', 'd'])]);
    await recommendations.similar('a', 6);
    expect(completed()).toBe(before);
    await fixture.addOrders([entry(2, ['a', 'd'])]);
    expect(ids((await recommendations.similar('a', 6)).items)).toEqual(['b', 'd', 'c']);
    expect(completed()).toBe(before + 1);
    // `d` sells more without `a`, so it says less about `a`.
    await fixture.addOrders([entry(3, ['d'])]);
    await recommendations.similar('a', 6);
    expect(completed()).toBe(before + 2);
  });

  it('reports the active model in its health check', async () => {
    await fixture.useFilms(first);
    await fixture.useFilms(second);
    expect(await checkModel()).toEqual({ films: 2, asOf: '2026-01-02T00:00:00.000Z', version: 2 });
  });
});
