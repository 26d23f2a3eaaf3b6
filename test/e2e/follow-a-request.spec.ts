import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { traceDetail, traceSummary } from '@film-store/telemetry';
import { services } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';
import { getPage } from './client.ts';
import { type Store, startStore } from './store.ts';

/** As on several machines: a loopback address is not sufficient, neither for the test nor for the gateway. */
const ADMIN_TOKEN = 'a-token-of-those-who-run-it';
const authorization = `Bearer ${ADMIN_TOKEN}`;

let store: Store;
beforeAll(async () => {
  store = await startStore({ DATABASE_URL: '', ADMIN_TOKEN });
});
afterAll(() => store.close());

const callOps = (path: string) => fetch(`${store.url}/ops/traces${path}`, { headers: { authorization } });
const ops = async (path: string): Promise<unknown> => (await callOps(path)).json();

// #region part: recommendations
const hold = (state: 'isolated' | 'forced-closed') =>
  fetch(`${store.url}/ops/breakers/recommendations`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ state }),
  });
// #endregion part: recommendations

it('leads from a response to the logs of all services, and from there to one tree of spans', async () => {
  const { headers } = await getPage(store, 'the-dark-knight-2008');
  const requestId = headers.get('x-request-id');
  const lines = await eventually(() => {
    const found = store.log.filter((line) => line.requestId === requestId && line.event === 'http.request');
    expect(new Set(found.map(({ service }) => service)).size).toBe(services.length);
    return found;
  });
  const traceIds = new Set(lines.map(({ traceId }) => traceId));
  expect(traceIds.size).toBe(1);

  const [traceId = ''] = traceIds;
  const { spans, missing } = traceDetail.parse(await ops(`/${traceId}`));
  expect(missing).toEqual([]);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const tops = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
  expect(tops.map(({ service, name }) => `${service}: ${name}`)).toEqual(['gateway: GET /api/products/:id']);
  expect(new Set(spans.map(({ service }) => service)).size).toBe(services.length);
});

// #region part: recommendations
it('records a degraded response with its reason in the span of the request', async () => {
  await hold('isolated');
  await getPage(store, 'the-dark-knight-2008');
  await hold('forced-closed');
  const { traces } = z.object({ traces: z.array(traceSummary) }).parse(await ops(''));
  const { spans } = traceDetail.parse(await ops(`/${traces[0]?.traceId}`));
  expect(spans.find(({ name }) => name === 'GET /api/products/:id')?.events).toMatchObject([
    { name: 'upstream.rejected', attributes: { upstream: 'recommendations', reason: 'breaker-open' } },
    { name: 'response.degraded', attributes: { feature: 'recommendations', reason: 'breaker-open' } },
  ]);
});
// #endregion part: recommendations

it('responds with 404 for an unknown trace', async () => {
  expect((await callOps(`/${'0'.repeat(31)}1`)).status).toBe(404);
  expect((await callOps('/x')).status).toBe(400);
});
