import { describe, expect, it } from 'vitest';
import { order, productIndex } from '@film-store/contracts';
import { eventually } from '../support/eventually.ts';
import { getHome, getPage, orderInit, send, sendBad } from './client.ts';
import { describeOnEveryBackend } from './on-every-backend.ts';

const FILM = 'the-dark-knight-2008';
/** One of the few films without initial stock. */
const SOLD_OUT = 'fight-club-1999';

describeOnEveryBackend('the storefront', (store, redis) => {
  describe('with all services up', () => {
    it('shows a whole page: a film, its availability and its parts', async () => {
      const { body, headers } = await getPage(store(), FILM);
      expect(body.product).toMatchObject({ title: 'The Dark Knight', director: 'Christopher Nolan' });
      expect(body.availability).toMatchObject({ inStock: true, stale: false });
      // #region part: recommendations
      expect(body.recommendations).toMatchObject({ source: 'personalized', degraded: false });
      expect(body.recommendations.items).toHaveLength(6);
      expect(body.recommendations.items.map((film) => film.id)).not.toContain(FILM);
      // #endregion part: recommendations
      expect(body.degraded).toEqual([]);
      expect(headers.get('x-degraded')).toBeNull();
    });

    it('shows popular films at home', async () => {
      const { body } = await getHome(store());
      expect(body.featured).toMatchObject({ source: 'popular', degraded: false });
      expect(body.featured.items).toHaveLength(12);
    });

    it('lists films page by page, each once', async () => {
      const first = await send(store(), '/api/products?limit=5', productIndex);
      const second = await send(
        store(),
        `/api/products?limit=5&cursor=${first.body.nextCursor}`,
        productIndex,
      );
      const ids = [...first.body.items, ...second.body.items].map((film) => film.id);
      expect(new Set(ids).size).toBe(10);
    });

    it('finds films by words and by genre', async () => {
      const found = await send(store(), '/api/products?q=dark%20kni', productIndex);
      expect(found.body.items.map((film) => film.id)).toContain(FILM);
      const westerns = await send(store(), '/api/products?genre=western&limit=100', productIndex);
      expect(new Set(westerns.body.items.map((film) => film.genre))).toEqual(new Set(['Western']));
    });

    it('accepts an order once per key, and reduces the stock', async () => {
      const before = (await getPage(store(), FILM)).body.availability.quantity;
      const init = orderInit({ items: [{ productId: FILM, quantity: 2 }] });
      const placed = await send(store(), '/api/orders', order, init);
      const repeated = await send(store(), '/api/orders', order, init);
      expect(placed.status).toBe(201);
      expect(placed.headers.get('location')).toBe(`/api/orders/${placed.body.id}`);
      expect(repeated.body).toEqual(placed.body);
      expect((await send(store(), `/api/orders/${placed.body.id}`, order)).body).toEqual(placed.body);
      expect((await getPage(store(), FILM)).body.availability.quantity).toBe(before - 2);
    });

    it('rejects an order above the stock, and leaves the stock unchanged', async () => {
      const before = (await getPage(store(), 'toy-story-1995')).body.availability.quantity;
      const items = [
        { productId: 'toy-story-1995', quantity: 1 },
        { productId: SOLD_OUT, quantity: 1 },
      ];
      const rejected = await sendBad(store(), '/api/orders', orderInit({ items }));
      expect(rejected.problem).toMatchObject({ code: 'out-of-stock', status: 409 });
      expect((await getPage(store(), 'toy-story-1995')).body.availability.quantity).toBe(before);
    });

    it('logs one request id and one trace id in all services', async () => {
      const { headers } = await getPage(store(), FILM);
      const requestId = headers.get('x-request-id');
      await eventually(() => {
        const lines = store().log.filter(
          (line) => line.event === 'http.request' && line.requestId === requestId,
        );
        expect(lines.map((line) => line.service).toSorted()).toEqual([
          'catalog',
          'gateway',
          'recommendations',
        ]);
        expect(new Set(lines.map((line) => line.traceId)).size).toBe(1);
        expect(lines[0]?.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      });
    });
  });

  // #region part: recommendations
  describe('without recommendations', () => {
    it('still shows the page, with popular films, marks it as degraded, and recovers', async () => {
      await store().end('recommendations', 'SIGKILL');
      const { status, body, headers } = await getPage(store(), FILM);
      expect(status).toBe(200);
      expect(body.product.title).toBe('The Dark Knight');
      expect(body.recommendations).toMatchObject({
        source: 'popular',
        degraded: true,
        reason: 'unreachable',
      });
      expect(body.recommendations.items).toHaveLength(6);
      expect(body.recommendations.items.map((film) => film.id)).not.toContain(FILM);
      expect(body.degraded).toEqual([
        {
          feature: 'recommendations',
          reason: 'unreachable',
          source: 'popular',
          asOf: expect.any(String) as string,
        },
      ]);
      expect(headers.get('x-degraded')).toBe('recommendations;reason=unreachable;source=popular');
      expect((await getHome(store())).body.featured).toMatchObject({ source: 'popular', degraded: true });

      await store().start('recommendations');
      expect((await getPage(store(), FILM)).body.recommendations.source).toBe('personalized');
    });
  });
  // #endregion part: recommendations

  describe('without catalog', () => {
    it('keeps orders and stock over a restart of catalog', async () => {
      const placed = await send(
        store(),
        '/api/orders',
        order,
        orderInit({ items: [{ productId: FILM, quantity: 1 }] }),
      );
      const left = (await getPage(store(), FILM)).body.availability.quantity;
      await store().end('catalog', 'SIGKILL');
      await store().start('catalog');
      expect((await send(store(), `/api/orders/${placed.body.id}`, order)).body).toEqual(placed.body);
      expect((await getPage(store(), FILM)).body.availability.quantity).toBe(left);
    });
  });

  describe('without any other service', () => {
    const remembered = redis ? 'popular' : 'none';

    it(`shows home with films from the last-known-good store after a restart of the gateway: ${remembered}`, async () => {
      // Each of them stops in an orderly way.
      const stopped = { code: 0, signal: null };
      await getHome(store());
      // #region part: recommendations
      expect(await store().end('recommendations', 'SIGTERM')).toEqual(stopped);
      // #endregion part: recommendations
      expect(await store().end('catalog', 'SIGTERM')).toEqual(stopped);
      expect((await getHome(store())).body.featured).toMatchObject({ source: 'popular', degraded: true });

      expect(await store().end('gateway', 'SIGTERM')).toEqual(stopped);
      await store().start('gateway');
      // Readiness does not wait for Redis.
      await eventually(async () => {
        const { status, body } = await getHome(store());
        expect(status).toBe(200);
        expect(body.featured).toMatchObject({ source: remembered, degraded: true });
      });
    });
  });
});
