import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OurPolicies } from './our-policies.ts';

let server: Server;
/** The next state that the gateway reports. Without one it does not respond. */
let state: object | undefined;
let policies: OurPolicies;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (state && request.url === '/ops/state') response.end(JSON.stringify(state));
    else request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  policies = new OurPolicies(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const setState = (breaker: string, rejected: number, shed: number): void => {
  state = {
    loadShedding: { rejected: { normal: shed, sheddable: 1 } },
    upstreams: [{ name: 'catalog', calls: { rejected }, breaker: { state: breaker } }],
  };
};

describe('the events of our policies', () => {
  it('count each rejection once, also after a second without a response', async () => {
    setState('closed', 2, 0);
    await policies.read(1);
    setState('closed', 12, 4);
    expect(await policies.read(2)).toMatchObject({ rejectedCalls: 10, shed: 4 });
    state = undefined;
    expect(await policies.read(3)).toMatchObject({ rejectedCalls: 0, shed: 0 });
    setState('closed', 15, 9);
    expect(await policies.read(4)).toMatchObject({ rejectedCalls: 3, shed: 5 });
  });

  it('name a breaker from its first opening in the fault on, with its last known state', async () => {
    setState('open', 0, 0);
    expect((await policies.read(-1)).breakers).toEqual([]);
    setState('closed', 0, 0);
    expect((await policies.read(1)).breakers).toEqual([]);
    setState('open', 0, 0);
    const opened = { upstream: 'catalog', openedAfterS: 2 };
    expect((await policies.read(2)).breakers).toEqual([{ ...opened, state: 'open' }]);
    state = undefined;
    expect((await policies.read(3)).breakers).toEqual([{ ...opened, state: 'open' }]);
    setState('closed', 0, 0);
    expect((await policies.read(9)).breakers).toEqual([{ ...opened, state: 'closed' }]);
  });
});
