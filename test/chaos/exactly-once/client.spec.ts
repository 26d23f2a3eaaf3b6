import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Random, seeded } from '../random.ts';
import { placeOrder } from './client.ts';

const orderTask = { key: 'torture-order-000001', items: [{ productId: 'heat-1995', quantity: 1 }] };
/** Never abandons, never duplicates, never repeats a finished order. */
const plain: Random = { ...seeded(1), chance: () => false };

describe('a client', () => {
  const responders: ((response: ServerResponse) => void)[] = [];
  const keys: unknown[] = [];
  const attempts: string[] = [];
  let stop: () => Promise<void>;
  let place: (random?: Random, signal?: AbortSignal) => ReturnType<typeof placeOrder>;
  beforeEach(async () => {
    keys.length = attempts.length = responders.length = 0;
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      request.resume().on('end', () => responders.shift()!(response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dispatcher = new Agent();
    stop = async () => {
      await dispatcher.destroy();
      server.close();
    };
    const urls = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    place = (random = plain, signal = new AbortController().signal) =>
      placeOrder(orderTask, { urls, dispatcher, random, signal, onAttempt: (what) => attempts.push(what) });
  });
  afterEach(() => stop());

  const respondWith = (status: number, body: string) => (response: ServerResponse) =>
    void response.writeHead(status).end(body);
  const problem = (status: number, code: string) => respondWith(status, JSON.stringify({ code }));
  const cut = (response: ServerResponse) => void response.destroy();
  const cutInTheBody = (response: ServerResponse) => {
    response.writeHead(201, { 'content-length': '100' }).write('{"id":');
    setTimeout(() => response.destroy(), 20);
  };

  it('retries under the same key until a response is final', async () => {
    responders.push(cut, cutInTheBody, problem(503, 'unavailable'), problem(409, 'operation-in-progress'));
    responders.push(problem(500, 'internal'), respondWith(201, '{"id":"1"}'));
    expect(await place()).toEqual([{ status: 201, body: '{"id":"1"}' }]);
    expect(keys).toEqual(Array.from({ length: 6 }, () => orderTask.key));
    expect(attempts).toHaveLength(6);
    expect(attempts.slice(2)).toEqual([
      '503 unavailable',
      '409 operation-in-progress',
      '500 internal',
      '201',
    ]);
  });

  it.each([
    [409, 'out-of-stock'],
    [409, 'outcome-unknown'],
    [422, 'idempotency-key-reused'],
  ])('accepts %i %s as final', async (status, code) => {
    responders.push(problem(status, code));
    expect(await place()).toEqual([{ status, body: JSON.stringify({ code }) }]);
  });

  it('sometimes repeats a finished order, and returns both responses', async () => {
    responders.push(respondWith(201, 'a'), respondWith(201, 'b'));
    const again: Random = { ...plain, chance: (share) => share === 0.15 };
    expect((await place(again)).map(({ body }) => body)).toEqual(['a', 'b']);
  });

  it('stops when the signal ends', async () => {
    const end = new AbortController();
    responders.push(() => end.abort());
    expect(await place(plain, end.signal)).toEqual([]);
  });
});
