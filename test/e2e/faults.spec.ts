import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultsReport } from '@film-store/fault-injection';
import { eventually } from '../support/eventually.ts';
import { getPage, orderInit } from './client.ts';
import { probe } from './probes.ts';
import { type Store, startStore } from './store.ts';

const FILM = 'the-dark-knight-2008';

describe('a scenario at the gateway', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore({
      DATABASE_URL: '',
      REDIS_URL: '',
      // The policies are not under test: no breaker may keep the failures of one test for the next.
      UPSTREAM_CATALOG_BREAKER_VOLUME: '10000',
      UPSTREAM_RECOMMENDATIONS_BREAKER_VOLUME: '10000',
      UPSTREAM_DATABASE_BREAKER_VOLUME: '10000',
    });
    await getPage(store, FILM);
  });
  afterEach(async () => {
    await fetch(`${store.url}/ops/faults`, { method: 'DELETE' });
    await eventually(async () => {
      if ((await degraded()) !== null) throw new Error('pages are not complete');
    });
  });
  afterAll(() => store.close());

  const degraded = async () => (await getPage(store, FILM)).headers.get('x-degraded');
  const begin = async (scenario: string, ttlMs = 20_000) => {
    const response = await fetch(`${store.url}/ops/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scenario, ttlMs }),
    });
    return faultsReport.parse(await response.json());
  };
  const findEvents = (service: string) =>
    store.log.flatMap((line) =>
      line.service === service && line.event?.startsWith('fault.') ? [line.event] : [],
    );

  // #region part: recommendations
  it('recommendations-down: popular films instead of personal ones, and the trace shows the reason', async () => {
    await begin('recommendations-down');
    const { headers } = await getPage(store, FILM);
    expect(headers.get('x-degraded')).toBe('recommendations;reason=unreachable;source=popular');
    const findTraceId = (id: string | null) => store.log.find(({ requestId }) => requestId === id)?.traceId;
    // The line is written after the response.
    await expect.poll(() => findTraceId(headers.get('x-request-id'))).toMatch(/^[0-9a-f]{32}$/);
    const traceId = findTraceId(headers.get('x-request-id'));
    const trace = JSON.stringify(await (await fetch(`${store.url}/ops/traces/${traceId}`)).json());
    expect(trace).toContain('"fault.injected","afterMs":');
    expect(trace).toContain('"scenario":"recommendations-down"');
    expect(await (await fetch(`${store.url}/metrics`)).text()).toMatch(
      /faults_injected_total\{[^}]*point="recommendations",kind="reset"/,
    );
    expect(findEvents('gateway')).toEqual(['fault.started']);
  });
  // #endregion part: recommendations

  it('database-down: catalog is not ready, pages come from the last-known-good store, orders are rejected', async () => {
    await begin('database-down');
    const order = { items: [{ productId: FILM, quantity: 1 }] };
    expect((await fetch(`${store.url}/api/orders`, orderInit(order))).status).toBe(503);
    expect(await degraded()).toMatch(/^product;reason=[a-z-]+;source=last-known-good$/);
    const catalog = `http://localhost:${store.ports.catalog}`;
    await eventually(async () =>
      expect(await probe(catalog)).toMatchObject({ live: 200, ready: 503, failing: { database: 'down' } }),
    );
  });

  it('catalog-hang: ends at catalog by itself although the gateway was killed', async () => {
    const { active } = await begin('catalog-hang', 2000);
    expect(active).toMatchObject([{ service: 'catalog', scenario: 'catalog-hang' }]);
    await store.end('gateway', 'SIGKILL');
    await eventually(() => expect(findEvents('catalog').slice(-2)).toEqual(['fault.started', 'fault.ended']));
    await store.start('gateway');
    await eventually(async () => expect(await degraded()).toBeNull());
  });

  // #region part: recommendations
  it('instance-killed: the service ends, and no fault remains', async () => {
    await begin('instance-killed');
    await eventually(async () =>
      expect(await degraded()).toBe('recommendations;reason=unreachable;source=popular'),
    );
    await store.start('recommendations');
  });
  // #endregion part: recommendations
});
