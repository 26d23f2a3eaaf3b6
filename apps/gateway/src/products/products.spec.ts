import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productPage } from '@film-store/contracts';
import { problemBody } from '@film-store/problem';
import { type Service, createService } from '@film-store/service';
import {
  type FakeUpstream,
  film,
  films,
  hang,
  json,
  reset,
  startFakeUpstream,
} from '../../test/fake-upstream.ts';
import { gateway } from '../gateway.ts';

const DETAIL = {
  product: film('alien'),
  availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
};

let catalog: FakeUpstream;
let recommendations: FakeUpstream;
let service: Service;
let url: string;

beforeEach(async () => {
  [catalog, recommendations] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  catalog.respond('/products/alien', json(DETAIL));
  catalog.respond(
    '/products',
    json({ items: ['alien', 'brazil', 'casablanca'].map(film), nextCursor: null }),
  );
  recommendations.respond('/recommendations', json(films('aliens')));
  recommendations.respond('/recommendations/popular', json(films('alien', 'dune')));
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    CATALOG_URL: catalog.url,
    RECOMMENDATIONS_URL: recommendations.url,
    // One that hangs leaves half of the second to catalog, and one that does not has as much time itself.
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_INITIAL_MS: '500',
  });
  url = await service.start();
});

afterEach(async () => {
  await service.stop();
  catalog.close();
  recommendations.close();
});

const page = async () => {
  const answer = await fetch(`${url}/api/products/alien`);
  expect(answer.status).toBe(200);
  return { headers: answer.headers, ...productPage.parse(await answer.json()) };
};

/** A problem as a service of the platform tells it. */
const problem = (status: number, code: string) =>
  json({ type: 'urn:x', title: 'x', status, code, retryable: false, requestId: 'theirs' }, status, {
    'retry-after': '7',
  });

const idsOf = (picks: { items: readonly { id: string }[] }) => picks.items.map(({ id }) => id);

describe('a product page', () => {
  it('has the film, what is left of it and films that go with it', async () => {
    const { product, availability, recommendations: picks, degraded, headers } = await page();
    expect(product).toEqual(DETAIL.product);
    expect(availability).toEqual({ ...DETAIL.availability, stale: false });
    expect(picks).toEqual({ items: [film('aliens')], source: 'personalized', degraded: false });
    expect(degraded).toEqual([]);
    expect(headers.get('x-degraded')).toBeNull();
  });

  it.each([
    ['hangs', hang, 'timeout'],
    ['resets its connections', reset, 'unreachable'],
    ['fails', json({}, 500), 'upstream-error'],
    ['asks to come back later', json({}, 503), 'upstream-error'],
    ['has too much to do', problem(503, 'overloaded'), 'overload'],
    ['is asked too often', json({}, 429), 'overload'],
    ['answers something else', json({ films: [] }), 'upstream-error'],
    ['answers a film without its price', json({ items: [{ ...film('x'), price: null }] }), 'upstream-error'],
  ])('has popular films instead when recommendations %s', async (_, handler, reason) => {
    recommendations.respond('/recommendations', handler);
    const { recommendations: picks, degraded, headers } = await page();
    expect(picks).toMatchObject({ source: 'popular', degraded: true, reason });
    // Of catalog's most popular ones: the film of the page itself is not among them.
    expect(idsOf(picks)).toEqual(['brazil', 'casablanca']);
    expect(degraded).toEqual([{ feature: 'recommendations', reason, source: 'popular' }]);
    expect(headers.get('x-degraded')).toBe(`recommendations;reason=${reason};source=popular`);
  });

  it('prefers the popular films that recommendations named last', async () => {
    await fetch(`${url}/api/home`);
    recommendations.close();
    expect(idsOf((await page()).recommendations)).toEqual(['dune']);
  });

  it.each([
    ['hangs', hang, 504, 'upstream-timeout'],
    ['resets its connections', reset, 502, 'upstream-unreachable'],
    ['fails', json({}, 500), 502, 'upstream-bad-response'],
    ['answers something else', json({ product: film('alien') }), 502, 'upstream-bad-response'],
    ['asks to come back later', json({}, 503, { 'retry-after': '7' }), 503, 'unavailable'],
    ['has too much to do', problem(503, 'overloaded'), 503, 'overloaded'],
    ['says 404 without a word of why', json({}, 404), 502, 'upstream-bad-response'],
  ])('is a problem when catalog %s', async (_, handler, status, code) => {
    catalog.respond('/products/alien', handler);
    const answer = await fetch(`${url}/api/products/alien`);
    expect(answer.status).toBe(status);
    expect(problemBody.parse(await answer.json())).toMatchObject({ code, retryable: true });
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '7' : null);
  });

  it('is not found, under our own request id, when catalog knows no such film', async () => {
    catalog.respond('/products/alien', problem(404, 'not-found'));
    const answer = await fetch(`${url}/api/products/alien`);
    const { code, requestId } = problemBody.parse(await answer.json());
    expect([answer.status, code]).toEqual([404, 'not-found']);
    expect(requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('is whole for everybody however often somebody asks for films that nobody knows', async () => {
    recommendations.respond('/recommendations', problem(404, 'not-found'));
    for (let film = 0; film < 40; film += 1) {
      catalog.respond(`/products/no-such-film-${film}`, problem(404, 'not-found'));
      expect((await fetch(`${url}/api/products/no-such-film-${film}`)).status).toBe(404);
    }
    recommendations.respond('/recommendations', json(films('aliens')));
    expect(await page()).toMatchObject({ recommendations: { source: 'personalized' }, degraded: [] });
  });
});

describe('while catalog sheds reads', () => {
  it('orders are placed', async () => {
    const order = {
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      status: 'confirmed',
      items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
      total: { amount: 999, currency: 'EUR' },
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    catalog.respond('/products/alien', problem(503, 'overloaded'));
    catalog.respond('/orders', json(order, 201));
    for (let read = 0; read < 40; read += 1)
      expect((await fetch(`${url}/api/products/alien`)).status).toBe(503);
    const placed = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'one-order-while-catalog-sheds' },
      body: JSON.stringify({ items: [{ productId: 'alien', quantity: 1 }] }),
    });
    expect(placed.status).toBe(201);
  });
});
