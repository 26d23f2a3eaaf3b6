import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import { type FakeUpstream, film, films, json, startFakeUpstream } from './fake-upstream.ts';

const TOKEN = 'the-token-that-services-show-one-another';
const ORDER = {
  id: '00000000-0000-4000-8000-000000000001',
  status: 'confirmed',
  items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
  total: { amount: 999, currency: 'EUR' },
  createdAt: '2026-01-01T00:00:00.000Z',
};
const detail = {
  product: film('alien'),
  availability: { inStock: true, quantity: 1, lastUpdated: '2026-01-01T00:00:00.000Z' },
};

/** A stand-in that keeps the headers of what it was asked. */
interface Witness extends FakeUpstream {
  readonly heard: IncomingHttpHeaders[];
}

async function startWitness(paths: Readonly<Record<string, unknown>>): Promise<Witness> {
  const heard: IncomingHttpHeaders[] = [];
  const standIn = await startFakeUpstream();
  for (const [path, body] of Object.entries(paths))
    standIn.respond(path, (response) => {
      heard.push(response.req.headers);
      json(body)(response);
    });
  return { ...standIn, heard };
}

let catalog: Witness;
let recommendations: Witness;
let identity: Witness;
let elsewhere: Witness;
let service: Service;
let url: string;
let token: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  [catalog, recommendations, identity, elsewhere] = await Promise.all([
    startWitness({ '/products/alien': detail, '/orders': ORDER, [`/orders/${ORDER.id}`]: ORDER }),
    startWitness({ '/recommendations': films('aliens') }),
    startWitness({ '/keys': { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] } }),
    startWitness({ '/products/moved': detail, '/': {} }),
  ]);
  catalog.respond('/products/moved', (response) =>
    response.writeHead(307, { location: `${elsewhere.url}/products/moved` }).end(),
  );
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    CONTROL_ROOM: 'true',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    SERVICE_TOKEN: `${TOKEN},the-token-that-was-shown-until-today`,
    AUTH_JWKS_URL: `${identity.url}/keys`,
    CATALOG_URL: catalog.url,
    RECOMMENDATIONS_URL: recommendations.url,
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
  catalog.heard.length = 0;
});
afterAll(async () => {
  await service.stop();
  for (const each of [catalog, recommendations, identity, elsewhere]) each.close();
});

const readPage = (headers: Record<string, string> = {}) => fetch(`${url}/api/products/alien`, { headers });
const placeOrder = (headers: Record<string, string>) =>
  fetch(`${url}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ items: [{ productId: 'alien', quantity: 1 }] }),
  });

describe('the token of services', () => {
  it('is shown to catalog and recommendations, and only the first of two', async () => {
    expect((await readPage()).status).toBe(200);
    expect(catalog.heard.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`]);
    expect(recommendations.heard.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`]);
  });

  it('is not shown to who keeps the public keys', async () => {
    await placeOrder({ 'idempotency-key': randomUUID() });
    expect(identity.heard.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('goes nowhere an upstream points', async () => {
    expect((await fetch(`${url}/api/products/moved`)).status).toBe(502);
    expect(elsewhere.heard).toEqual([]);
  });

  it('never reaches a client, in an answer, a problem or the documentation', async () => {
    const paths = [
      '/api/products/alien',
      '/api/products/moved',
      '/docs/openapi.json',
      '/health/deep',
      '/metrics',
    ];
    for (const path of [...paths, '/ops/resilience']) {
      const answer = await fetch(url + path);
      expect(JSON.stringify([...answer.headers]) + (await answer.text())).not.toContain(TOKEN);
    }
  });
});

describe('what a client says of itself is not believed:', () => {
  it('its principal is whom its token names', async () => {
    const answer = await placeOrder({ 'idempotency-key': randomUUID(), 'x-principal': 'bob' });
    expect(answer.status).toBe(201);
    expect(catalog.heard).toMatchObject([{ 'x-principal': 'ann' }]);
  });

  it('its token stays here', async () => {
    await fetch(`${url}/api/orders/${ORDER.id}`, { headers: { authorization: `Bearer ${token}` } });
    expect(catalog.heard).toMatchObject([{ authorization: `Bearer ${TOKEN}`, 'x-principal': 'ann' }]);
  });

  it('its priority and its attempts are the route’s', async () => {
    await readPage({ 'x-request-priority': 'critical', 'x-retry-attempt': '7' });
    expect(catalog.heard).toMatchObject([{ 'x-request-priority': 'normal', 'x-retry-attempt': '0' }]);
  });

  it('it can ask for less time, not for more', async () => {
    await readPage({ 'x-request-timeout-ms': '999999' });
    expect(Number(catalog.heard[0]?.['x-request-timeout-ms'])).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['http://store.example?/', 200],
    ['http://store.example/nothing', 404],
    ['*', 404],
  ])(
    'its target may be more than a path, or none (%s), and is answered under a request id',
    async (path, status) => {
      const { hostname, port } = new URL(url);
      const [answer] = (await once(request({ hostname, port, path }).end(), 'response')) as [IncomingMessage];
      answer.resume();
      expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([status, expect.any(String)]);
    },
  );

  it('its request id is not taken over', async () => {
    const answer = await readPage({ 'x-request-id': 'theirs' });
    expect(answer.headers.get('x-request-id')).not.toBe('theirs');
    expect(catalog.heard[0]?.['x-request-id']).toBe(answer.headers.get('x-request-id'));
  });

  it('its idempotency key does not travel on as it is', async () => {
    const key = randomUUID();
    await placeOrder({ 'idempotency-key': key });
    expect(catalog.heard[0]?.['idempotency-key']).toMatch(/^[\w-]{16,}$/);
    expect(catalog.heard[0]?.['idempotency-key']).not.toContain(key);
  });

  it('other headers of its own do not travel on at all', async () => {
    await readPage({
      cookie: 'a=b',
      'x-forwarded-for': '127.0.0.1',
      'x-anything': '1',
      forwarded: 'for=::1',
    });
    expect(Object.keys(catalog.heard[0] ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:cookie|x-forwarded-for|x-anything|forwarded)$/)]),
    );
  });
});
