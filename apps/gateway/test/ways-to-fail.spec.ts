import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { home, productIndex, productPage } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import {
  ALIEN,
  FIRST_PAGE,
  type CalledServices,
  type Responses,
  startCalledServices,
  successful,
} from './called-services.ts';
import {
  type FakeUpstream,
  film,
  flaky,
  garbage,
  hang,
  json,
  reset,
  slow,
  truncated,
} from './fake-upstream.ts';

let called: CalledServices;
let upstreams: CalledServices['upstreams'];
let service: Service;
let url: string;

async function startGateway(): Promise<void> {
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    ...called.env,
    // Keeps the breaker closed, so the reasons are those of the failures.
    UPSTREAM_CATALOG_BREAKER_VOLUME: '1000',
    UPSTREAM_CATALOG_BREAKER_EXCESS_FAILURES: '0',
    // Leaves time for the fallback on a slow machine. The maximum also stops the adaptive timeout from probing longer.
    UPSTREAM_CATALOG_TIMEOUT_INITIAL_MS: '200',
    UPSTREAM_CATALOG_TIMEOUT_MAX_MS: '200',
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_INITIAL_MS: '200',
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_MAX_MS: '200',
  });
  url = await service.start();
}

beforeEach(async () => {
  called = await startCalledServices();
  ({ upstreams } = called);
  await startGateway();
  // Fills the last-known-good store.
  await getHome();
  await getPage();
  await getList();
});

afterEach(async () => {
  await service.stop();
  called.close();
});

const get = (path: string) => fetch(url + path);
const getOk = async (path: string) => {
  const response = await get(path);
  expect(response.status).toBe(200);
  return { headers: response.headers, body: await response.json() };
};
const getHome = async () => home.parse((await getOk('/api/home')).body);
const getPage = async () => {
  const { headers, body } = await getOk('/api/products/alien');
  return { headers, ...productPage.parse(body) };
};
const getList = async (query = '') => {
  const { headers, body } = await getOk(`/api/products${query}`);
  return { headers, ...productIndex.parse(body) };
};

type Failure = (upstream: FakeUpstream, responses: Responses) => void;
const respondWith =
  (handler: (body: unknown) => Parameters<FakeUpstream['respond']>[1]): Failure =>
  (upstream, responses) => {
    for (const [path, body] of Object.entries(responses)) upstream.respond(path, handler(body));
  };

const failures: [string, string, Failure][] = [
  ['is down', 'unreachable', (upstream) => upstream.close()],
  ['hangs', 'timeout', respondWith(() => hang)],
  ['is slow', 'timeout', respondWith((body) => slow(json(body), 800))],
  ['fails', 'upstream-error', respondWith(() => json({}, 500))],
  ['resets its connections', 'unreachable', respondWith(() => reset)],
  ['returns garbage', 'upstream-error', respondWith(() => garbage)],
  ['truncates its responses', 'unreachable', respondWith(truncated)],
];

describe.each(failures)('when an upstream %s', (_, reason, fail) => {
  it('and it is catalog, pages come from the last-known-good store and are marked stale', async () => {
    fail(upstreams.catalog, successful.catalog);
    // #region part: recommendations
    expect((await getHome()).degraded).toEqual([]);
    // #endregion part: recommendations

    const page = await getPage();
    expect(page.product).toEqual(ALIEN.product);
    expect(page.availability).toEqual({ ...ALIEN.availability, stale: true });
    // #region part: recommendations
    expect(page.recommendations).toMatchObject({ source: 'personalized', degraded: false });
    // #endregion part: recommendations
    const asOf = page.degraded[0]?.asOf;
    expect(page.degraded).toEqual([{ feature: 'product', reason, source: 'last-known-good', asOf }]);
    expect(asOf).toMatch(/^20\d\d-/);
    expect(page.headers.get('x-degraded')).toBe(`product;reason=${reason};source=last-known-good`);
    expect(page.headers.get('age')).toMatch(/^\d$/);
    expect(page.headers.get('cache-control')).toBe('max-age=0, stale-if-error=86400');
    expect(page.headers.get('cache-status')).toMatch(
      new RegExp(String.raw`^gateway; hit; ttl=(0|-\d); detail=${reason}$`),
    );

    const list = await getList();
    expect(list).toMatchObject({ ...FIRST_PAGE, stale: true });
    expect(list.degraded).toEqual([
      { feature: 'products', reason, source: 'last-known-good', asOf: list.asOf },
    ]);
    expect(list.headers.get('cache-control')).toBe('max-age=0, stale-if-error=3600');
  });

  // #region part: recommendations
  it('and it is recommendations, pages contain popular films and are marked degraded', async () => {
    fail(upstreams.recommendations, successful.recommendations);
    const { featured, degraded } = await getHome();
    expect(featured).toEqual({
      items: [film('alien'), film('dune')],
      source: 'popular',
      degraded: true,
      reason,
    });
    expect(degraded).toMatchObject([{ feature: 'featured', reason, source: 'popular' }]);

    const page = await getPage();
    expect(page.availability.stale).toBe(false);
    expect(page.recommendations).toEqual({
      items: [film('dune')],
      source: 'popular',
      degraded: true,
      reason,
    });
    expect(page.headers.get('x-degraded')).toBe(`recommendations;reason=${reason};source=popular`);
  });

  it('and the other fails too, product pages still work', async () => {
    fail(upstreams.catalog, successful.catalog);
    fail(upstreams.recommendations, successful.recommendations);
    const page = await getPage();
    expect(page.degraded.map(({ feature }) => feature)).toEqual(['product', 'recommendations']);
    expect(page.headers.get('x-degraded')).toBe(
      `product;reason=${reason};source=last-known-good, recommendations;reason=${reason};source=popular`,
    );
  });
  // #endregion part: recommendations
});

it('serves the last known good response without a request while a breaker is isolated', async () => {
  await fetch(`${url}/ops/breakers/catalog`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"state":"isolated"}',
  });
  const { headers, availability } = await getPage();
  expect(availability.stale).toBe(true);
  expect(headers.get('x-degraded')).toBe('product;reason=breaker-open;source=last-known-good');
  expect(headers.get('cache-status')).toMatch(/^gateway; hit; ttl=(?:0|-\d); detail=breaker-open$/);
});

it('retries an upstream that fails every other request, without degradation', async () => {
  for (const name of Object.keys(upstreams) as (keyof typeof upstreams)[])
    respondWith((body) => flaky(json(body)))(upstreams[name], successful[name]);
  expect((await getPage()).degraded).toEqual([]);
  expect((await getHome()).degraded).toEqual([]);
});

// #region part: recommendations
it('leaves time to read popular films from catalog when recommendations hangs and none are stored', async () => {
  await service.stop();
  await startGateway();
  // Opens a connection to catalog, because the reserved time is short.
  await get('/api/products');
  respondWith(() => hang)(upstreams.recommendations, successful.recommendations);
  const { featured, degraded } = await getHome();
  expect(featured).toMatchObject({ items: FIRST_PAGE.items, source: 'popular', reason: 'timeout' });
  expect(degraded).toEqual([{ feature: 'featured', reason: 'timeout', source: 'popular' }]);
});
// #endregion part: recommendations

describe('without catalog', () => {
  const getProblem = async (path: string) => {
    const response = await get(path);
    return [response.status, ((await response.json()) as { code: string }).code];
  };

  it('stores first pages by limit and genre, in any case', async () => {
    await getList('?genre=Drama&limit=5');
    await getList('?q=alien');
    await getList('?cursor=bmV4dA');
    upstreams.catalog.respond('/products', json({ items: [], nextCursor: null }));
    await getList('?genre=invented');
    upstreams.catalog.close();

    expect((await getList('?genre=dRAMA&limit=5')).stale).toBe(true);
    for (const query of ['?genre=drama&limit=6', '?limit=5', '?q=alien', '?cursor=bmV4dA', '?genre=invented'])
      expect(await getProblem(`/api/products${query}`)).toEqual([502, 'upstream-unreachable']);
  });

  it('deletes a stored film after catalog has returned not-found', async () => {
    const problem = { type: 'urn:x', title: 'x', status: 404, code: 'not-found', retryable: false };
    upstreams.catalog.respond('/products/alien', json({ ...problem, requestId: 'foreign' }, 404));
    expect(await getProblem('/api/products/alien')).toEqual([404, 'not-found']);
    upstreams.catalog.close();
    expect(await getProblem('/api/products/alien')).toEqual([502, 'upstream-unreachable']);
  });

  it('never stores orders', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const order = {
      id,
      status: 'confirmed',
      items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
      total: { amount: 999, currency: 'EUR' },
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    upstreams.catalog.respond(`/orders/${id}`, json(order));
    expect((await get(`/api/orders/${id}`)).status).toBe(200);
    upstreams.catalog.close();
    expect(await getProblem(`/api/orders/${id}`)).toEqual([502, 'upstream-unreachable']);
  });
});
