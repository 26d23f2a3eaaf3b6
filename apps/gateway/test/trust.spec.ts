import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import { type CalledServices, startCalledServices } from './called-services.ts';
import { type FakeUpstream, json, startFakeUpstream } from './fake-upstream.ts';

const TOKEN = 'the-token-that-services-send-each-other';
const ORDER = {
  id: '00000000-0000-4000-8000-000000000001',
  status: 'confirmed',
  items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
  total: { amount: 999, currency: 'EUR' },
  createdAt: '2026-01-01T00:00:00.000Z',
};

let called: CalledServices;
let catalog: FakeUpstream;
let identity: FakeUpstream;
let redirectTarget: FakeUpstream;
let service: Service;
let url: string;
let token: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  [called, identity, redirectTarget] = await Promise.all([
    startCalledServices(),
    startFakeUpstream(),
    startFakeUpstream(),
  ]);
  ({ catalog } = called.upstreams);
  catalog.respond('/orders', json(ORDER));
  catalog.respond(`/orders/${ORDER.id}`, json(ORDER));
  identity.respond('/keys', json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }));
  catalog.respond('/products/moved', (response) =>
    response.writeHead(307, { location: `${redirectTarget.url}/products/moved` }).end(),
  );
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    // #region part: control-room
    CONTROL_ROOM: 'true',
    // #endregion part: control-room
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    SERVICE_TOKEN: `${TOKEN},the-token-that-was-sent-until-today`,
    AUTH_JWKS_URL: `${identity.url}/keys`,
    ...called.env,
  });
  url = await service.start();
  token = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('ann')
    .setAudience('film-store')
    .setExpirationTime('1 minute')
    .sign(privateKey);
});
beforeEach(() => {
  catalog.requests.length = 0;
});
afterAll(async () => {
  await service.stop();
  for (const each of [called, identity, redirectTarget]) each.close();
});

const readPage = (headers: Record<string, string> = {}) => fetch(`${url}/api/products/alien`, { headers });
const placeOrder = (headers: Record<string, string>) =>
  fetch(`${url}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ items: [{ productId: 'alien', quantity: 1 }] }),
  });

describe('the service token', () => {
  it('is sent to every service, only the first of two', async () => {
    expect((await readPage()).status).toBe(200);
    for (const { requests } of Object.values(called.upstreams))
      expect(requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`]);
  });

  it('is not sent to the identity provider', async () => {
    await placeOrder({ 'idempotency-key': randomUUID() });
    expect(identity.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('is not sent to a redirect target: the gateway does not follow redirects', async () => {
    expect((await fetch(`${url}/api/products/moved`)).status).toBe(502);
    expect(redirectTarget.requests).toEqual([]);
  });

  it('never reaches a client in a response, a problem or the documentation', async () => {
    const paths = [
      '/api/products/alien',
      '/api/products/moved',
      '/docs/openapi.json',
      '/health/deep',
      '/metrics',
    ];
    for (const path of [...paths, '/ops/resilience']) {
      const response = await fetch(url + path);
      expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(TOKEN);
    }
  });
});

describe('headers of clients', () => {
  it('cannot set the principal, which comes from the token', async () => {
    const response = await placeOrder({ 'idempotency-key': randomUUID(), 'x-principal': 'bob' });
    expect(response.status).toBe(201);
    expect(catalog.requests).toMatchObject([{ 'x-principal': 'ann' }]);
  });

  it('do not forward the bearer token', async () => {
    await fetch(`${url}/api/orders/${ORDER.id}`, { headers: { authorization: `Bearer ${token}` } });
    expect(catalog.requests).toMatchObject([{ authorization: `Bearer ${TOKEN}`, 'x-principal': 'ann' }]);
  });

  it('cannot set priority and attempt number', async () => {
    await readPage({ 'x-request-priority': 'critical', 'x-retry-attempt': '7' });
    expect(catalog.requests).toMatchObject([{ 'x-request-priority': 'normal', 'x-retry-attempt': '0' }]);
  });

  it('can shorten the deadline but not extend it', async () => {
    await readPage({ 'x-request-timeout-ms': '999999' });
    expect(Number(catalog.requests[0]?.['x-request-timeout-ms'])).toBeLessThanOrEqual(1000);
  });

  it.each([
    // #region part: control-room
    ['http://store.example?/', 200],
    // #endregion part: control-room
    ['http://store.example/nothing', 404],
    ['*', 404],
  ])('can follow an unusual request target: %s', async (path, status) => {
    const { hostname, port } = new URL(url);
    const [response] = (await once(request({ hostname, port, path }).end(), 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, response.headers['x-request-id']]).toEqual([status, expect.any(String)]);
  });

  it('cannot set the request id', async () => {
    const response = await readPage({ 'x-request-id': 'foreign' });
    expect(response.headers.get('x-request-id')).not.toBe('foreign');
    expect(catalog.requests[0]?.['x-request-id']).toBe(response.headers.get('x-request-id'));
  });

  it('do not forward the idempotency key unchanged', async () => {
    const key = randomUUID();
    await placeOrder({ 'idempotency-key': key });
    expect(catalog.requests[0]?.['idempotency-key']).toMatch(/^[\w-]{16,}$/);
    expect(catalog.requests[0]?.['idempotency-key']).not.toContain(key);
  });

  it('are not forwarded in general', async () => {
    await readPage({
      cookie: 'a=b',
      'x-forwarded-for': '127.0.0.1',
      'x-anything': '1',
      forwarded: 'for=::1',
    });
    expect(Object.keys(catalog.requests[0] ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:cookie|x-forwarded-for|x-anything|forwarded)$/)]),
    );
  });
});
