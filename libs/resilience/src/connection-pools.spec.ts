import dns from 'node:dns';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { settle } from '@film-store/core/testing';
import { ConnectionPools } from './connection-pools.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.close();
});

/** Starts a server that responds with its own address. */
async function serve(host: string, port = 0): Promise<number> {
  const server = createServer((_, response) => response.end(host)).listen(port, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it.runIf(process.platform === 'linux')(
  'resolves a host name again when its connections are old',
  async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.2', port);
    let address = '127.0.0.1';
    const lookup: LookupFunction = (_, { all }, found) =>
      all ? found(null, [{ address, family: 4 }]) : found(null, address, 4);
    vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);

    const endpoint = `http://catalog.test:${port}`;
    const pools = new ConnectionPools([endpoint], 500);
    const { signal } = new AbortController();
    const request = {
      endpoint,
      method: 'GET',
      path: '/',
      headers: {},
      body: null,
      signal,
      encoding: 'utf8',
    } as const;
    const fetchBody = async (): Promise<string> => (await pools.send(request)).data;
    vi.useFakeTimers({ toFake: ['Date'], now: 10_000 });
    expect(await fetchBody()).toBe('127.0.0.1');
    address = '127.0.0.2';
    // The connection is free again shortly after its response.
    await settle();
    vi.setSystemTime(10_500);
    expect(await fetchBody()).toBe('127.0.0.1');
    await settle();
    vi.setSystemTime(10_501);
    expect(await fetchBody()).toBe('127.0.0.2');
    await pools.close();
  },
);
