import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LifecycleState } from '@film-store/core';
import { type LoadShedder, createLoadShedder, loadSheddingPlugin } from '@film-store/load-shedding';
import { readToEnd, sendRaw } from '../test/raw-client.ts';
import { connectionEndPlugin } from './connection-end.ts';
import { EarlyResponses } from './early-responses.ts';
import { fairStartsPlugin } from './fair-starts.ts';
import { createAdapter } from './fastify.ts';
import { rejectionPlugin } from './rejections.ts';
import { toRequestClass } from './request-class.ts';

/** Fits in one read of a socket. */
const FLOOD = 300;
const PAGE_TURNS = 5;

let adapter: ReturnType<typeof createAdapter>;
let shedder: LoadShedder;
let port: number;
/** Addresses of the films that have started. */
let started: readonly string[];
let onFilm: () => void;

/** Serves films and invalid requests in one turn of the event loop, and a page in several turns after the first film. */
const serve = async (permits: number): Promise<void> => {
  const films: string[] = [];
  started = films;
  const phase = new LifecycleState();
  phase.serve();
  const trust = 'internal';
  const early = new EarlyResponses(trust, phase);
  shedder = createLoadShedder({ strategy: 'fixed', initialLimit: permits, queueCapacity: 0 });
  adapter = createAdapter({ trust, early });
  const fastify = adapter.getInstance();
  await fastify.register(connectionEndPlugin, { phase });
  await fastify.register(loadSheddingPlugin, {
    shedder,
    classify: (request) => toRequestClass(request, trust),
    respond: early.send,
  });
  await fastify.register(rejectionPlugin, { trust, logger: pino({ level: 'silent' }), phase, early });
  await fastify.register(fairStartsPlugin, { trust });
  fastify.get('/film', (request) => {
    films.push(request.url);
    onFilm();
    return {};
  });
  fastify.get('/invalid', (_request, reply) => reply.code(400).send({}));
  fastify.get('/page', async () => {
    while (films.length === 0) await nextTurn();
    for (let turn = 0; turn < PAGE_TURNS; turn++) await nextTurn();
    return { films: films.length };
  });
  fastify.get('/health/live', () => ({ films: films.length }));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
};

beforeEach(() => {
  onFilm = () => undefined;
});
afterEach(async () => {
  adapter.getHttpServer().closeAllConnections();
  await adapter.close();
  shedder.stop();
});

const repeat = (path: string): string => get(path).repeat(FLOOD);
const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
const statuses = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);

it('starts at most 8 requests in a turn of the event loop, in order', async () => {
  await serve(1000);
  const perTurn: number[] = [];
  let before = 0;
  const countTurn = (): void => {
    perTurn.push(started.length - before);
    before = started.length;
    if (started.length < FLOOD) setImmediate(countTurn);
  };
  setImmediate(countTurn);
  const films = Array.from({ length: FLOOD }, (_, nth) => `/film?nth=${nth}`);
  const flood = await sendRaw(port, films.map((film) => get(film)).join(''));
  await expect.poll(() => started).toEqual(films);
  flood.destroy();
  expect(Math.max(...perTurn)).toBe(8);
});

it('continues a page in progress before the requests of a flood', async () => {
  await serve(1000);
  const page = fetch(`http://127.0.0.1:${port}/page`);
  const flood = await sendRaw(port, repeat('/film'));
  const { films } = (await (await page).json()) as { films: number };
  expect(films).toBeLessThanOrEqual(8 * (PAGE_TURNS + 1));
  flood.destroy();
});

it('starts requests of operators at once', async () => {
  await serve(1000);
  const health = get('/health/live', 'connection: close\r\n');
  const text = await readToEnd(await sendRaw(port, repeat('/film') + health));
  expect(started).toHaveLength(FLOOD);
  expect(text).toContain('{"films":8}');
});

it('sheds a flood of invalid requests, each of which is served in one turn', async () => {
  await serve(10);
  const text = await readToEnd(
    await sendRaw(port, repeat('/invalid') + get('/health/live', 'connection: close\r\n')),
  );
  expect(new Set(statuses(text))).toEqual(new Set(['400', '503', '200']));
});

it('does not start the requests of a client that has left, and returns their permits', async () => {
  await serve(1000);
  onFilm = () => adapter.getHttpServer().closeAllConnections();
  const flood = await sendRaw(port, repeat('/film'));
  flood.on('error', () => undefined);
  await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 0 });
  expect(started.length).toBeLessThan(FLOOD);
  onFilm = () => undefined;
  expect((await fetch(`http://127.0.0.1:${port}/film`)).status).toBe(200);
});
