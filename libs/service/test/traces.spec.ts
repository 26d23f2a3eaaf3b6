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

/** A peer with a token of its own to be shown. */
let wanted: string | undefined;
const shown: (string | undefined)[] = [];
const peer = createServer(({ headers }, response) => {
  shown.push(headers.authorization);
  const admitted = headers.authorization === wanted;
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
beforeEach(() => void shown.splice(0));
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  peer.closeAllConnections();
  peer.close();
});

const ask = (url: string, authorization?: string) =>
  fetch(`${url}/ops/traces/${TRACE}`, { headers: authorization === undefined ? {} : { authorization } });

it('shows its peers its own token, and joins their spans', async () => {
  wanted = `Bearer ${TOKEN}`;
  const answer = await ask(withToken, `bearer ${TOKEN}`);
  expect(await answer.json()).toEqual({ traceId: TRACE, spans: [span], missing: [] });
  expect(shown).toEqual([`Bearer ${TOKEN}`]);
});

it('asks nobody for who shows no token, or a wrong one', async () => {
  expect((await ask(withToken)).status).toBe(401);
  expect((await ask(withToken, 'Bearer wrong')).status).toBe(403);
  expect(shown).toEqual([]);
});

it('passes on nothing that a caller showed', async () => {
  wanted = undefined;
  expect((await ask(withoutToken, 'Bearer a-token-of-a-customer')).status).toBe(200);
  expect(shown).toEqual([undefined]);
});

it('says who is missing: a peer that wants another token', async () => {
  wanted = 'Bearer another-token-altogether';
  expect(await (await ask(withToken, `Bearer ${TOKEN}`)).json()).toEqual({
    traceId: TRACE,
    spans: [],
    missing: ['films'],
  });
});
