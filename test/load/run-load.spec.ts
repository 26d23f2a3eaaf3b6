import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isOrder, runLoad } from './run-load.ts';
import type { Sample } from './sample.ts';

let server: Server;
let url: string;
let keys: unknown[];
let bodies: string[];
let samples: Sample[];
let respond: (request: IncomingMessage, response: ServerResponse) => unknown;

beforeEach(async () => {
  [keys, bodies, samples] = [[], [], []];
  server = createServer((request, response) => respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const run = (load: { rps: number; seconds: number; orders: number }, signal = new AbortController().signal) =>
  runLoad({ url, ...load }, (sample) => samples.push(sample), signal);

it('every twentieth of 5 % is an order, wherever the count begins', () => {
  const orders = Array.from({ length: 1000 }, (_, nth) => isOrder(nth, 0.05)).filter(Boolean);
  expect(orders).toHaveLength(50);
  expect([isOrder(18, 0.05), isOrder(19, 0.05)]).toEqual([false, true]);
});

it('orders are for one film after the other, each under its own key', async () => {
  respond = async (request, response) => {
    if (request.url === '/api/products?limit=100')
      return response.end('{"items":[{"id":"alien"},{"id":"heat"}]}');
    keys.push(request.headers['idempotency-key']);
    bodies.push((await request.setEncoding('utf8').toArray()).join(''));
    return response.writeHead(201).end('{}');
  };
  await run({ rps: 100, seconds: 1, orders: 1 });
  expect(samples.map(({ kind, outcome }) => `${kind}, ${outcome}`)).toEqual(Array(100).fill('order, whole'));
  expect(new Set(keys).size).toBe(100);
  expect(bodies.filter((body) => body === '{"items":[{"productId":"heat","quantity":1}]}')).toHaveLength(50);
});

it('a stall counts for all requests that it delayed', async () => {
  const waiting: ServerResponse[] = [];
  respond = (_, response) => {
    waiting.push(response);
    if (waiting.length === 50) for (const late of waiting) late.end();
  };
  await run({ rps: 50, seconds: 1, orders: 0 });
  const [first = Number.NaN, last = Number.NaN] = [0, 49].map(
    (nth) => samples.toSorted((a, b) => a.due - b.due)[nth]?.ms,
  );
  expect(first - last).toBeGreaterThan(900);
});

it('after an abort it sends no more, and waits for requests in flight', async () => {
  const end = new AbortController();
  respond = (_, response) => {
    end.abort();
    setTimeout(() => response.end(), 50);
  };
  await run({ rps: 10, seconds: 600, orders: 0 }, end.signal);
  expect(samples.length).toBeGreaterThan(0);
  expect(samples.every(({ outcome }) => outcome === 'whole')).toBe(true);
});

it('without films no order is possible', async () => {
  respond = (_, response) => response.end('{"items":[]}');
  await expect(run({ rps: 1, seconds: 1, orders: 1 })).rejects.toThrow('there are no films to order');
});
