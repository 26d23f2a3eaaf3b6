import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stops } from '../stops.ts';
import { type MeteredLink, startMeteredLink } from './metered-link.ts';

let server: Server;
let stops: Stops;
let link: MeteredLink;
let served: string[];

beforeEach(async () => {
  served = [];
  stops = new Stops();
  server = createServer((request, response) => {
    served.push(`${request.method} ${request.url}`);
    void request
      .toArray()
      .then((chunks) => response.writeHead(201, { 'x-from': 'service' }).end(Buffer.concat(chunks)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await start();
});
afterEach(async () => {
  await stops.stop();
  server.closeAllConnections();
  server.close();
});

const start = async (): Promise<MeteredLink> =>
  stops.add(await startMeteredLink((server.address() as AddressInfo).port));
const get = (path: string, signal?: AbortSignal) => fetch(link.url + path, { signal: signal ?? null });

describe('a metered link', () => {
  it('passes requests and responses on unchanged', async () => {
    const response = await fetch(`${link.url}/orders?a=b`, { method: 'POST', body: 'content' });
    expect([response.status, response.headers.get('x-from'), await response.text()]).toEqual([
      201,
      'service',
      'content',
    ]);
    expect(served).toEqual(['POST /orders?a=b']);
  });

  it('counts calls, but none for health and state', async () => {
    for (const path of ['/products', '/health/ready', '/ops/state', '/orders'])
      await (await get(path)).text();
    expect(link.calls()).toBe(2);
    expect(link.open()).toBe(0);
  });

  it('holds calls that hang, and passes them on after the fault', async () => {
    link.set({ kind: 'hang' });
    const responses = [get('/a'), get('/b')];
    await expect.poll(() => link.open()).toBe(2);
    expect(served).toEqual([]);
    link.set(undefined);
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([201, 201]);
    expect(served.toSorted()).toEqual(['GET /a', 'GET /b']);
  });

  it('drops a call whose caller has left', async () => {
    link.set({ kind: 'hang' });
    const caller = new AbortController();
    const response = get('/a', caller.signal);
    await expect.poll(() => link.open()).toBe(1);
    caller.abort();
    await expect(response).rejects.toThrow('aborted');
    await expect.poll(() => link.open()).toBe(0);
    link.set(undefined);
    await (await get('/b')).text();
    expect(served).toEqual(['GET /b']);
  });

  it('fails the same calls on both sides', async () => {
    const other = await start();
    for (const each of [link, other]) each.set({ kind: 'flaky', fraction: 0.2 });
    const statuses = async ({ url }: MeteredLink): Promise<number[]> => {
      const all: number[] = [];
      for (let nth = 0; nth < 200; nth++) all.push((await fetch(url)).status);
      return all;
    };
    const [ours, theirs] = [await statuses(link), await statuses(other)];
    expect(ours).toEqual(theirs);
    const failed = ours.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(20);
    expect(failed).toBeLessThan(60);
    expect([link.failures(), other.failures()]).toEqual([failed, failed]);
    expect(served).toHaveLength(2 * (200 - failed));
  });

  it('serves one call after the other when its capacity is limited', async () => {
    link.set({ kind: 'capacity', callsPerSecond: 20 });
    const paths = ['/1', '/2', '/3', '/4'];
    const responses = [];
    for (const [index, path] of paths.entries()) {
      responses.push(get(path));
      await expect.poll(() => link.calls(), { interval: 1 }).toBe(index + 1);
    }
    await Promise.all(responses);
    expect(served).toEqual(paths.map((path) => `GET ${path}`));
  });

  it('gives no turn to a call whose caller has left', async () => {
    const other = await start();
    for (const each of [link, other]) each.set({ kind: 'capacity', callsPerSecond: 10 });
    const callers = new AbortController();
    const left = Array.from({ length: 30 }, () => get('/left', callers.signal));
    await expect.poll(() => link.calls()).toBe(30);
    callers.abort();
    await Promise.allSettled(left);
    const turns = Array.from({ length: 20 }, () => fetch(other.url));
    expect(await Promise.race([get('/stayed').then(() => 'stayed'), Promise.all(turns)])).toBe('stayed');
    await Promise.all(turns);
  });
});
