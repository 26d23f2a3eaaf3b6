import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { home, productIndex, productPage } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import {
  type FakeUpstream,
  film,
  films,
  flaky,
  garbage,
  hang,
  json,
  reset,
  slow,
  startFakeUpstream,
  truncated,
} from './fake-upstream.ts';

const DETAIL = {
  product: film('alien'),
  availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
};
const LIST = { items: ['alien', 'brazil'].map(film), nextCursor: 'bmV4dA' };
const GOOD = {
  catalog: { '/products/alien': DETAIL, '/products': LIST },
  recommendations: { '/recommendations': films('aliens'), '/recommendations/popular': films('dune') },
};

let standIns: Record<keyof typeof GOOD, FakeUpstream>;
let service: Service;
let url: string;

async function startGateway(): Promise<void> {
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    CATALOG_URL: standIns.catalog.url,
    RECOMMENDATIONS_URL: standIns.recommendations.url,
    // The reasons expected are those of the failures themselves.
    UPSTREAM_CATALOG_BREAKER_VOLUME: '1000',
    // So that one that hangs leaves time for what is shown instead, however slow this machine is. No call waits longer
    // to find out whether an upstream is only slow.
    UPSTREAM_CATALOG_TIMEOUT_INITIAL_MS: '200',
    UPSTREAM_CATALOG_TIMEOUT_MAX_MS: '200',
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_INITIAL_MS: '200',
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_MAX_MS: '200',
  });
  url = await service.start();
}

beforeEach(async () => {
  standIns = { catalog: await startFakeUpstream(), recommendations: await startFakeUpstream() };
  await startGateway();
  answerAll('catalog', json);
  answerAll('recommendations', json);
  // What is served below was seen before.
  await getHome();
  await getPage();
  await getList();
});

afterEach(async () => {
  await service.stop();
  standIns.catalog.close();
  standIns.recommendations.close();
});

/** A second is the answer's deadline: one that is late is a 504. */
const get = (path: string) => fetch(url + path);
const good = async (path: string) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  return { headers: answer.headers, body: await answer.json() };
};
const getHome = async () => home.parse((await good('/api/home')).body);
const getPage = async () => {
  const { headers, body } = await good('/api/products/alien');
  return { headers, ...productPage.parse(body) };
};
const getList = async (query = '') => {
  const { headers, body } = await good(`/api/products${query}`);
  return { headers, ...productIndex.parse(body) };
};

type Failure = (standIn: FakeUpstream, good: Readonly<Record<string, unknown>>) => void;
const answering =
  (handler: (body: unknown) => Parameters<FakeUpstream['respond']>[1]): Failure =>
  (standIn, good) => {
    for (const [path, body] of Object.entries(good)) standIn.respond(path, handler(body));
  };
const answerAll = (name: keyof typeof GOOD, handler: typeof json) =>
  answering((body) => handler(body))(standIns[name], GOOD[name]);

const failures: [string, string, Failure][] = [
  ['is down', 'unreachable', (standIn) => standIn.close()],
  ['hangs', 'timeout', answering(() => hang)],
  ['is slow', 'timeout', answering((body) => slow(json(body), 800))],
  ['fails', 'upstream-error', answering(() => json({}, 500))],
  ['resets its connections', 'unreachable', answering(() => reset)],
  ['answers garbage', 'upstream-error', answering(() => garbage)],
  ['breaks off within its answers', 'unreachable', answering(truncated)],
];

describe.each(failures)('when an upstream %s', (_, reason, fail) => {
  it('that is catalog, what was seen before is shown, and said to be old', async () => {
    fail(standIns.catalog, GOOD.catalog);
    expect((await getHome()).degraded).toEqual([]);

    const page = await getPage();
    expect(page.product).toEqual(DETAIL.product);
    expect(page.availability).toEqual({ ...DETAIL.availability, stale: true });
    expect(page.recommendations).toMatchObject({ source: 'personalized', degraded: false });
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
    expect(list).toMatchObject({ ...LIST, stale: true });
    expect(list.degraded).toEqual([
      { feature: 'products', reason, source: 'last-known-good', asOf: list.asOf },
    ]);
    expect(list.headers.get('cache-control')).toBe('max-age=0, stale-if-error=3600');
  });

  it('that is recommendations, pages have popular films, and say so', async () => {
    fail(standIns.recommendations, GOOD.recommendations);
    const { featured, degraded } = await getHome();
    expect(featured).toEqual({ items: [film('dune')], source: 'popular', degraded: true, reason });
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

  it('and the other one too, the page is still there', async () => {
    fail(standIns.catalog, GOOD.catalog);
    fail(standIns.recommendations, GOOD.recommendations);
    const page = await getPage();
    expect(page.degraded.map(({ feature }) => feature)).toEqual(['product', 'recommendations']);
    expect(page.headers.get('x-degraded')).toBe(
      `product;reason=${reason};source=last-known-good, recommendations;reason=${reason};source=popular`,
    );
  });
});

it('while a breaker is open, what was seen before is shown without asking', async () => {
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

it('an upstream that fails every other time is asked again, and nothing is degraded', async () => {
  answering((body) => flaky(json(body)))(standIns.catalog, GOOD.catalog);
  answering((body) => flaky(json(body)))(standIns.recommendations, GOOD.recommendations);
  expect((await getPage()).degraded).toEqual([]);
  expect((await getHome()).degraded).toEqual([]);
});

it('a slow upstream leaves catalog time to name popular films, where none are known', async () => {
  await service.stop();
  await startGateway();
  // So that the way to catalog is there: the time that is kept for it is short.
  await get('/api/products');
  answering(() => hang)(standIns.recommendations, GOOD.recommendations);
  const { featured, degraded } = await getHome();
  expect(featured).toMatchObject({ items: LIST.items, source: 'popular', reason: 'timeout' });
  expect(degraded).toEqual([{ feature: 'featured', reason: 'timeout', source: 'popular' }]);
});

describe('without catalog', () => {
  const problemOf = async (path: string) => {
    const answer = await get(path);
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };

  it('a list is known by its first page, its limit and its genre, in any case', async () => {
    await getList('?genre=Drama&limit=5');
    await getList('?q=alien');
    await getList('?cursor=bmV4dA');
    standIns.catalog.respond('/products', json({ items: [], nextCursor: null }));
    await getList('?genre=invented');
    standIns.catalog.close();

    expect((await getList('?genre=dRAMA&limit=5')).stale).toBe(true);
    for (const query of ['?genre=drama&limit=6', '?limit=5', '?q=alien', '?cursor=bmV4dA', '?genre=invented'])
      expect(await problemOf(`/api/products${query}`)).toEqual([502, 'upstream-unreachable']);
  });

  it('a film that catalog did not know any more is not shown from memory', async () => {
    const problem = { type: 'urn:x', title: 'x', status: 404, code: 'not-found', retryable: false };
    standIns.catalog.respond('/products/alien', json({ ...problem, requestId: 'theirs' }, 404));
    expect(await problemOf('/api/products/alien')).toEqual([404, 'not-found']);
    standIns.catalog.close();
    expect(await problemOf('/api/products/alien')).toEqual([502, 'upstream-unreachable']);
  });

  it('an order is never told from memory', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const order = {
      id,
      status: 'confirmed',
      items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
      total: { amount: 999, currency: 'EUR' },
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    standIns.catalog.respond(`/orders/${id}`, json(order));
    expect((await get(`/api/orders/${id}`)).status).toBe(200);
    standIns.catalog.close();
    expect(await problemOf(`/api/orders/${id}`)).toEqual([502, 'upstream-unreachable']);
  });
});
