import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LifecycleState } from '@film-store/core';
import { type LoadShedder, createLoadShedder, loadSheddingPlugin } from '@film-store/load-shedding';
import { problemBody } from '@film-store/problem';
import { readToEnd, sendRaw } from '../test/raw-client.ts';
import { connectionEndPlugin } from './connection-end.ts';
import { EarlyResponses } from './early-responses.ts';
import { createAdapter } from './fastify.ts';
import { rejectionPlugin } from './rejections.ts';
import { toRequestClass } from './request-class.ts';

let adapter: ReturnType<typeof createAdapter>;
let phase: LifecycleState;
let shedder: LoadShedder;
let port: number;
let statuses: number[];
const release: (() => void)[] = [];

beforeEach(async () => {
  phase = new LifecycleState();
  phase.serve();
  statuses = [];
  const early = new EarlyResponses('internal', phase);
  const logger = pino({ level: 'silent' });
  shedder = createLoadShedder({ strategy: 'fixed', initialLimit: 10, queueCapacity: 0 });
  adapter = createAdapter({ trust: 'internal', early });
  const fastify = adapter.getInstance();
  await fastify.register(connectionEndPlugin, { phase });
  await fastify.register(loadSheddingPlugin, {
    shedder,
    classify: (request) => toRequestClass(request, 'internal'),
    respond: early.send,
  });
  await fastify.register(rejectionPlugin, {
    trust: 'internal',
    logger,
    phase,
    early,
    onResponse: (status) => statuses.push(status),
  });
  fastify.get('/held', async () => {
    await new Promise<void>((resolve) => release.push(resolve));
    return {};
  });
  fastify.get('/film', () => ({}));
  fastify.post('/orders', () => ({}));
  fastify.get('/health/live', () => ({}));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
});
afterEach(async () => {
  for (const each of release.splice(0)) each();
  // Clients keep their idle connections for longer than a test may take.
  adapter.getHttpServer().closeAllConnections();
  await adapter.close();
  shedder.stop();
});

const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
/** Waits until so many critical requests are in flight. */
const hold = async (count: number) => {
  for (let each = release.length; each < count; each++)
    void get('/held', { headers: { 'x-request-priority': 'critical' } }).catch(() => undefined);
  await expect.poll(() => release).toHaveLength(count);
};
const large = { method: 'POST', body: 'x'.repeat(70_000) };

describe('a request that no handler serves', () => {
  it.each([
    ['an unknown path', '/nowhere', {}, 404, 'not-found'],
    ['an invalid header', '/film', { headers: { 'x-request-priority': 'most' } }, 400, 'validation-failed'],
    ['a body that is too large', '/orders', large, 413, 'payload-too-large'],
    ['a long URL', `/film?q=${'x'.repeat(5000)}`, {}, 414, 'uri-too-long'],
    ['a malformed path', '/film/%ZZ', {}, 400, 'validation-failed'],
  ])('%s gets a problem with its request id, and holds no permit', async (_, path, init, status, code) => {
    const response = await get(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const problem = problemBody.parse(await response.json());
    expect(problem).toMatchObject({ status, code, retryable: false });
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
    expect(shedder.describe()).toMatchObject({ inFlight: 0 });
  });

  it('is shed before pages, and pages before orders', async () => {
    const status = async (path: string, priority?: string) =>
      (await get(path, priority === undefined ? {} : { headers: { 'x-request-priority': priority } })).status;
    await hold(7);
    expect([await status('/nowhere'), await status('/film')]).toEqual([503, 200]);
    await hold(9);
    expect([await status('/film'), await status('/film', 'critical')]).toEqual([503, 200]);
    await hold(10);
    expect([await status('/film', 'critical'), await status('/health/live')]).toEqual([503, 200]);
    expect(shedder.describe()).toMatchObject({
      rejected: { sheddable: { evicted: 1 }, normal: { evicted: 1 }, critical: { evicted: 1 } },
    });
  });

  it('ends its connection while the service drains', async () => {
    phase.drain();
    const response = await get('/nowhere');
    expect([response.status, response.headers.get('connection')]).toEqual([404, 'close']);
    expect(response.headers.get('x-service-draining')).toBe('true');
  });

  it('does not lose the responses of the requests before it', async () => {
    const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
    const text = await readToEnd(
      await sendRaw(port, head('/film') + head('/nowhere') + head('/nowhere', 'connection: close\r\n')),
    );
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '404',
      '404',
    ]);
  });
});

it('a flood of unknown paths gets at most 16 responses in a turn of the event loop, in order', async () => {
  const FLOOD = 300;
  let finished = 0;
  adapter
    .getHttpServer()
    .on('request', (_request, response) => response.once('finish', () => (finished += 1)));
  const perTurn: number[] = [];
  let before = 0;
  const countTurn = (): void => {
    perTurn.push(finished - before);
    before = finished;
    if (finished <= FLOOD) setImmediate(countTurn);
  };
  setImmediate(countTurn);
  const requests = Array.from(
    { length: FLOOD },
    (_, nth) => `GET /nowhere HTTP/1.1\r\nhost: x\r\nx-request-id: flood-${nth}\r\n\r\n`,
  );
  const socket = await sendRaw(
    port,
    `${requests.join('')}GET /film HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
  );
  const text = await readToEnd(socket);
  expect([...text.matchAll(/x-request-id: flood-(\d+)/g)].map(([, nth]) => Number(nth))).toEqual(
    Array.from({ length: FLOOD }, (_, nth) => nth),
  );
  expect(statuses).toHaveLength(FLOOD);
  await expect.poll(() => finished).toBe(FLOOD + 1);
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(16);
});
