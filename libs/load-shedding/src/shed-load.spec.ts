import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLoadShedder } from './create-load-shedder.ts';
import type { LoadShedder } from './load-shedder.ts';
import { shedLoad } from './shed-load.ts';

let work: PromiseWithResolvers<void>;
let shedder: LoadShedder;
let server: Server | undefined;
const serve = async (handler: Parameters<typeof shedLoad>[0]): Promise<string> => {
  server = createServer(shedLoad(handler, { shedder })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const inFlight = async (count: number): Promise<void> => {
  await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: count });
};

beforeEach(() => {
  work = Promise.withResolvers();
  shedder = createLoadShedder({ strategy: 'fixed', initialLimit: 1, queueCapacity: 0 });
});
afterEach(() => {
  work.resolve();
  shedder.stop();
  server?.closeAllConnections();
  server?.close();
});

it('holds a permit until the promise of the handler has settled, although the client has left', async () => {
  const url = await serve(async (_request, response) => {
    await work.promise;
    response.end('book');
  });
  const client = new AbortController();
  const left = fetch(url, { signal: client.signal });
  await inFlight(1);
  client.abort();
  await expect(left).rejects.toThrow('aborted');
  const shed = await fetch(url);
  expect([shed.status, await shed.json()]).toMatchObject([503, { code: 'overloaded' }]);
  work.resolve();
  await inFlight(0);
  expect(await (await fetch(url)).text()).toBe('book');
});

it('without a promise, holds a permit until the response has been sent', async () => {
  const url = await serve((_request, response) => {
    void work.promise.then(() => response.end('book'));
  });
  const first = fetch(url);
  await inFlight(1);
  expect((await fetch(url)).status).toBe(503);
  work.resolve();
  expect((await first).status).toBe(200);
  await inFlight(0);
});

it('serves a waiting request when a permit is released', async () => {
  shedder.stop();
  shedder = createLoadShedder({
    strategy: 'fixed',
    initialLimit: 1,
    queueCapacity: 1,
    queueIntervalMs: 600_000,
  });
  const url = await serve(async (_request, response) => {
    await work.promise;
    response.end('book');
  });
  const both = [fetch(url), fetch(url)];
  await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 1, queued: 1 });
  work.resolve();
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
});
