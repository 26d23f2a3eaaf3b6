import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Random, seeded } from '../random.ts';
import { placeOrder } from './client.ts';

const errand = { key: 'torture-order-000001', items: [{ productId: 'heat-1995', quantity: 1 }] };
/** Never abandons, never doubles, never asks again. */
const plain: Random = { ...seeded(1), chance: () => false };

describe('a client', () => {
  const answers: ((response: ServerResponse) => void)[] = [];
  const keys: unknown[] = [];
  const attempts: string[] = [];
  let stop: () => Promise<void>;
  let ask: (random?: Random, signal?: AbortSignal) => ReturnType<typeof placeOrder>;
  beforeEach(async () => {
    keys.length = attempts.length = answers.length = 0;
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      request.resume().on('end', () => answers.shift()!(response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dispatcher = new Agent();
    stop = async () => {
      await dispatcher.destroy();
      server.close();
    };
    const urls = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    ask = (random = plain, signal = new AbortController().signal) =>
      placeOrder(errand, { urls, dispatcher, random, signal, onAttempt: (what) => attempts.push(what) });
  });
  afterEach(() => stop());

  const answer = (status: number, body: string) => (response: ServerResponse) =>
    void response.writeHead(status).end(body);
  const problem = (status: number, code: string) => answer(status, JSON.stringify({ code }));
  const cut = (response: ServerResponse) => void response.destroy();
  const cutInTheBody = (response: ServerResponse) => {
    response.writeHead(201, { 'content-length': '100' }).write('{"id":');
    setTimeout(() => response.destroy(), 20);
  };

  it('tries again under the same key until an answer is final', async () => {
    answers.push(cut, cutInTheBody, problem(503, 'unavailable'), problem(409, 'operation-in-progress'));
    answers.push(problem(500, 'internal'), answer(201, '{"id":"1"}'));
    expect(await ask()).toEqual([{ status: 201, body: '{"id":"1"}' }]);
    expect(keys).toEqual(Array.from({ length: 6 }, () => errand.key));
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
  ])('takes %i %s for an answer', async (status, code) => {
    answers.push(problem(status, code));
    expect(await ask()).toEqual([{ status, body: JSON.stringify({ code }) }]);
  });

  it('asks again for what it knows at times, and tells both answers', async () => {
    answers.push(answer(201, 'a'), answer(201, 'b'));
    const again: Random = { ...plain, chance: (share) => share === 0.15 };
    expect((await ask(again)).map(({ body }) => body)).toEqual(['a', 'b']);
  });

  it('gives up when it is told to', async () => {
    const end = new AbortController();
    answers.push(() => end.abort());
    expect(await ask(plain, end.signal)).toEqual([]);
  });
});
