import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { UpstreamModule } from '@film-store/resilience';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

const TOKEN = 'the-token-of-all-services';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const span = {
  service: 'films',
  spanId: 'b7ad6b7169203331',
  name: 'GET /films',
  kind: 'server',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  failed: false,
  attributes: {},
  events: [],
};

/** A peer that accepts one token. */
let acceptedToken: string | undefined;
const presented: (string | undefined)[] = [];
const peer = createServer(({ headers }, response) => {
  presented.push(headers.authorization);
  const admitted = headers.authorization === acceptedToken;
  response
    .writeHead(admitted ? 200 : 403, { 'content-type': 'application/json' })
    .end(JSON.stringify({ traceId: TRACE, spans: [span], missing: [] }));
});

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'films',
      useFactory: () => ({ url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}` }),
    }),
  ],
})
class ShopModule {}

const shop = defineService({
  name: 'shop',
  config: serviceConfig({ port: 0 }),
  module: ShopModule,
  peers: ['films'],
});

const services: Service[] = [];
const start = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const service = await createService(shop, { PORT: '0', LOG_LEVEL: 'silent', ...env });
  services.push(service);
  return service.start();
};
let withToken: string;
let withoutToken: string;
beforeAll(async () => {
  await once(peer.listen(0, '127.0.0.1'), 'listening');
  withToken = await start({ ADMIN_TOKEN: TOKEN });
  withoutToken = await start({});
});
beforeEach(() => void presented.splice(0));
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  peer.closeAllConnections();
  peer.close();
});

const getTrace = (url: string, authorization?: string) =>
  fetch(`${url}/ops/traces/${TRACE}`, { headers: authorization === undefined ? {} : { authorization } });

it('presents its own token to its peers, and joins their spans', async () => {
  acceptedToken = `Bearer ${TOKEN}`;
  const response = await getTrace(withToken, `bearer ${TOKEN}`);
  expect(await response.json()).toEqual({ traceId: TRACE, spans: [span], missing: [] });
  expect(presented).toEqual([`Bearer ${TOKEN}`]);
});

it('calls no peer for a client without a token, or with a wrong one', async () => {
  expect((await getTrace(withToken)).status).toBe(401);
  expect((await getTrace(withToken, 'Bearer wrong')).status).toBe(403);
  expect(presented).toEqual([]);
});

it('does not forward the token of a caller', async () => {
  acceptedToken = undefined;
  expect((await getTrace(withoutToken, 'Bearer a-token-of-a-customer')).status).toBe(200);
  expect(presented).toEqual([undefined]);
});

it('reports a peer that rejects the token as missing', async () => {
  acceptedToken = 'Bearer another-token-altogether';
  expect(await (await getTrace(withToken, `Bearer ${TOKEN}`)).json()).toEqual({
    traceId: TRACE,
    spans: [],
    missing: ['films'],
  });
});
