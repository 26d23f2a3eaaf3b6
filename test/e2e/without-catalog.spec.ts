import { expect, it } from 'vitest';
import { productIndex, recommendations } from '@film-store/contracts';
import { eventually } from '../support/eventually.ts';
import { getHome, getPage, send, sendBad } from './client.ts';
import { describeOnEveryBackend } from './on-every-backend.ts';

const SEEN = 'the-godfather-1972';
/** Requested only while catalog is stopped: specs share their Redis. */
const UNSEEN = 'casablanca-1941';

describeOnEveryBackend('the storefront without catalog', (store, redis) => {
  const getList = (query: string) => send(store(), `/api/products${query}`, productIndex);

  it('shows pages that were seen before with their age, and rejects the rest', async () => {
    const page = (await getPage(store(), SEEN)).body;
    const list = (await getList('?genre=Western&limit=7')).body;
    expect([page.availability.stale, list.stale]).toEqual([false, false]);
    await store().end('catalog', 'SIGKILL');

    const stale = await getPage(store(), SEEN);
    expect(stale.status).toBe(200);
    expect(stale.body.product).toEqual(page.product);
    expect(stale.body.availability).toEqual({ ...page.availability, stale: true });
    // #region part: recommendations
    expect(stale.body.recommendations).toMatchObject({ source: 'personalized', degraded: false });
    // #endregion part: recommendations
    expect(stale.body.degraded).toMatchObject([
      { feature: 'product', reason: 'unreachable', source: 'last-known-good' },
    ]);
    expect(stale.headers.get('x-degraded')).toBe('product;reason=unreachable;source=last-known-good');
    expect(stale.headers.get('age')).toMatch(/^\d+$/);
    expect(stale.headers.get('cache-control')).toBe('max-age=0, stale-if-error=86400');
    expect(stale.headers.get('cache-status')).toMatch(/^gateway; hit; ttl=(?:0|-\d+); detail=unreachable$/);

    const staleList = await getList('?genre=western&limit=7');
    expect(staleList.body).toMatchObject({ items: list.items, nextCursor: list.nextCursor, stale: true });
    expect(staleList.body.degraded).toEqual([
      {
        feature: 'products',
        reason: 'unreachable',
        source: 'last-known-good',
        asOf: staleList.body.asOf,
      },
    ]);
    expect(staleList.headers.get('cache-control')).toBe('max-age=0, stale-if-error=3600');

    for (const path of [`/api/products/${UNSEEN}`, '/api/products?genre=western&limit=8']) {
      const { problem } = await sendBad(store(), path);
      expect(problem).toMatchObject({ code: 'upstream-unreachable', status: 502, retryable: true });
    }
    // #region part: recommendations
    expect((await getHome(store())).body.featured.degraded).toBe(false);
    // #endregion part: recommendations
  });

  // #region part: recommendations
  it('shows the page without recommendations too, which continue after their restart', async () => {
    await store().end('recommendations', 'SIGKILL');
    const { body } = await getPage(store(), SEEN);
    expect(body.degraded).toMatchObject([
      { feature: 'product', source: 'last-known-good' },
      { feature: 'recommendations', source: 'popular' },
    ]);
    await store().start('recommendations');
    const url = `http://localhost:${store().ports.recommendations}/recommendations?productId=${SEEN}`;
    const { items } = recommendations.parse(await (await fetch(url)).json());
    expect(items).toHaveLength(6);
  });
  // #endregion part: recommendations

  it(`${redis ? 'still shows it' : 'has nothing to show'} after a restart of the gateway`, async () => {
    await store().end('gateway', 'SIGTERM');
    await store().start('gateway');
    // Readiness does not wait for Redis.
    await eventually(async () => {
      const { status, headers } = await fetch(`${store().url}/api/products/${SEEN}`);
      expect([status, headers.get('x-degraded')]).toEqual(
        redis ? [200, 'product;reason=unreachable;source=last-known-good'] : [502, null],
      );
    });
  });

  it('is fresh again after catalog recovers', async () => {
    await store().start('catalog');
    // The gateway may have called so often meanwhile that its breaker is open.
    const { body, headers } = await eventually(async () => {
      const page = await getPage(store(), SEEN);
      expect(page.body.availability.stale).toBe(false);
      return page;
    });
    expect(body.degraded).toEqual([]);
    for (const name of ['x-degraded', 'age', 'cache-control', 'cache-status'])
      expect(headers.get(name)).toBeNull();
    expect((await getList('?genre=western&limit=7')).body.stale).toBe(false);
  });
});
