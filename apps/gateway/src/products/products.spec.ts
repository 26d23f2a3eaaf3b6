import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productPage } from '#libs/contracts';
import { problemBody } from '#libs/http';
import { type Service, createService } from '#libs/platform';
import { type StandIn, film, films, hang, json, reset, startStandIn } from '../../test/stand-in.ts';
import { gateway } from '../gateway.ts';

const DETAIL = {
  product: film('alien'),
  availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
};

let catalog: StandIn;
let recommendations: StandIn;
let service: Service;
let url: string;

beforeEach(async () => {
  [catalog, recommendations] = await Promise.all([startStandIn(), startStandIn()]);
  catalog.answer('/products/alien', json(DETAIL));
  catalog.answer('/products', json({ items: ['alien', 'brazil', 'casablanca'].map(film), nextCursor: null }));
  recommendations.answer('/recommendations', json(films('aliens')));
  recommendations.answer('/recommendations/popular', json(films('alien', 'dune')));
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

const idsOf = (picks: { items: readonly { id: string }[] }) => picks.items.map(({ id }) => id);

describe('a product page', () => {
  it('has the film, what is left of it and films that go with it', async () => {
    const { product, availability, recommendations: picks, degraded, headers } = await page();
    expect(product).toEqual(DETAIL.product);
    expect(availability).toEqual({ ...DETAIL.availability, stale: false });
    expect(picks).toEqual({ items: [film('aliens')], source: 'personalised', degraded: false });
    expect(degraded).toEqual([]);
    expect(headers.get('x-degraded')).toBeNull();
  });

  it.each([
    ['hangs', hang, 'timeout'],
    ['resets its connections', reset, 'unreachable'],
    ['fails', json({}, 500), 'upstream-error'],
    ['asks to come back later', json({}, 503), 'upstream-error'],
    ['answers something else', json({ films: [] }), 'upstream-error'],
    ['answers a film without its price', json({ items: [{ ...film('x'), price: null }] }), 'upstream-error'],
  ])('has popular films instead when recommendations %s', async (_, handler, reason) => {
    recommendations.answer('/recommendations', handler);
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
    ['says 404 without a word of why', json({}, 404), 502, 'upstream-bad-response'],
  ])('is a problem when catalog %s', async (_, handler, status, code) => {
    catalog.answer('/products/alien', handler);
    const answer = await fetch(`${url}/api/products/alien`);
    expect(answer.status).toBe(status);
    expect(problemBody.parse(await answer.json())).toMatchObject({ code, retryable: true });
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '7' : null);
  });

  it('is not found, under our own request id, when catalog knows no such film', async () => {
    const theirs = {
      type: 'urn:x',
      title: 'x',
      status: 404,
      code: 'not-found',
      retryable: false,
      requestId: 'theirs',
    };
    catalog.answer('/products/alien', json(theirs, 404));
    const answer = await fetch(`${url}/api/products/alien`);
    const { code, requestId } = problemBody.parse(await answer.json());
    expect([answer.status, code]).toEqual([404, 'not-found']);
    expect(requestId).toBe(answer.headers.get('x-request-id'));
  });
});
