import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../support/eventually.ts';
import { followReadiness } from './readers.ts';

const dispatcher = new Agent();
let stops = new Stops();
afterEach(async () => {
  await stops.stop();
  stops = new Stops();
});

/** A gateway that sends this response for a page, and is ready until a test changes it. */
async function startGateway(page: RequestListener) {
  const gateway = { ready: true, calls: 0, url: '' };
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') return response.writeHead(gateway.ready ? 200 : 503).end();
    gateway.calls += 1;
    return page(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.add({
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gateway;
}

describe('a client that follows readiness', () => {
  it('calls the other gateway when one dies during the response', async () => {
    const dying = await startGateway(({ socket }) => socket.destroy());
    const other = await startGateway((_, response) => response.setHeader('x-degraded', 'x').end());
    const readers = stops.add(followReadiness([dying.url, other.url], dispatcher));
    expect(await readers.read('/')).toEqual({ status: 200, degraded: true });
    expect([dying.calls, other.calls]).toEqual([1, 1]);
  });

  it('treats every response as final, and reports a missing one', async () => {
    const failing = await startGateway((_, response) => response.writeHead(500).end());
    const readers = stops.add(followReadiness([failing.url], dispatcher));
    expect(await readers.read('/')).toEqual({ status: 500, degraded: false });
    expect(failing.calls).toBe(1);
    const dead = stops.add(followReadiness(['http://127.0.0.1:9'], dispatcher));
    expect(await dead.read('/')).toEqual({ status: 'error', degraded: false });
  });

  it('skips a gateway that is not ready until it is ready', async () => {
    const one = await startGateway((_, response) => response.end());
    const other = await startGateway((_, response) => response.end());
    one.ready = false;
    const readers = stops.add(followReadiness([one.url, other.url], dispatcher));
    await eventually(() => expect(readers.readyUrls()).toEqual([other.url]));
    await readers.read('/');
    await readers.read('/');
    expect([one.calls, other.calls]).toEqual([0, 2]);
    one.ready = true;
    await eventually(() => expect(readers.readyUrls()).toEqual([one.url, other.url]));
  });
});
