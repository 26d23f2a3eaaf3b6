import type { ServerResponse } from 'node:http';
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthReport } from '@film-store/health';
import { type Service, createService } from '@film-store/service';
import { type FakeUpstream, json, reset, startFakeUpstream } from '../../test/fake-upstream.ts';
import { gateway } from '../gateway.ts';

const ORDER = {
  id: '00000000-0000-4000-8000-000000000001',
  status: 'confirmed',
  items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
  total: { amount: 999, currency: 'EUR' },
  createdAt: '2026-01-01T00:00:00.000Z',
};

let identity: FakeUpstream;
let catalog: FakeUpstream;
let service: Service;
let url: string;
let privateKey: CryptoKey;
let principals: (string | undefined)[];

beforeEach(async () => {
  [identity, catalog] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  identity.respond(
    '/keys',
    json({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] }),
  );
  principals = [];
  catalog.respond(`/orders/${ORDER.id}`, (response) => {
    principals.push(response.req.headers['x-principal'] as string | undefined);
    json(ORDER)(response);
  });
});

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    CATALOG_URL: catalog.url,
    ...env,
  });
  url = await service.start();
}

afterEach(async () => {
  await service.stop();
  identity.close();
  catalog.close();
});

const createToken = (subject: string, kid = 'k1') =>
  new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid })
    .setSubject(subject)
    .setAudience('film-store')
    .setExpirationTime('1 minute')
    .sign(privateKey);
const readOrder = async (authorization?: string) => {
  const response = await fetch(`${url}/api/orders/${ORDER.id}`, {
    headers: authorization ? { authorization } : {},
  });
  return { status: response.status, challenge: response.headers.get('www-authenticate') };
};

const readHealth = async (probe: 'ready' | 'deep') =>
  healthReport.parse(await (await fetch(`${url}/health/${probe}`)).json());

describe('orders with bearer tokens', () => {
  beforeEach(() => start({ AUTH_JWKS_URL: `${identity.url}/keys` }));

  it('belong to the principal of the token', async () => {
    expect(await readOrder(`Bearer ${await createToken('ann')}`)).toMatchObject({ status: 200 });
    expect(await readOrder(`bearer ${await createToken('bob')}`)).toMatchObject({ status: 200 });
    expect(principals).toEqual(['ann', 'bob']);
  });

  it('require a token', async () => {
    expect(await readOrder()).toEqual({ status: 401, challenge: 'Bearer' });
    expect(await readOrder('Basic YW5uOnB3')).toEqual({ status: 401, challenge: 'Bearer' });
    expect(principals).toEqual([]);
  });

  it('reject a token with an unknown key', async () => {
    const token = await createToken('ann', 'k2');
    expect(await readOrder(`Bearer ${token}`)).toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
    });
  });

  it('read the keys again for an unknown key, but not for every unknown key', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    let reads = 0;
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    identity.respond('/keys', (response) => {
      reads += 1;
      json({ keys: [jwk] })(response);
    });
    for (let n = 0; n < 20; n += 1)
      expect((await readOrder(`Bearer ${await createToken('ann', `unknown-${n}`)}`)).status).toBe(401);
    expect(reads).toBe(1);
  });

  it('fail with 502 while the keys cannot be read', async () => {
    identity.respond('/keys', reset);
    expect((await readOrder(`Bearer ${await createToken('ann')}`)).status).toBe(502);
    expect(principals).toEqual([]);
  });

  it('use the last known keys when a read fails', async () => {
    expect((await readOrder(`Bearer ${await createToken('ann')}`)).status).toBe(200);
    identity.close();
    expect((await readOrder(`Bearer ${await createToken('ann')}`)).status).toBe(200);
    expect((await readOrder(`Bearer ${await createToken('ann', 'k2')}`)).status).toBe(401);
  });

  it.each([
    ['has a short deadline', { 'x-request-timeout-ms': '500' }, 504],
    ['disconnects', undefined, 'disconnected'],
  ])('share one read of the keys, even if the first caller %s', async (_, headers, end) => {
    const { publicKey, privateKey: own } = await generateKeyPair('ES256', { extractable: true });
    privateKey = own;
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
    const reads: ServerResponse[] = [];
    identity.respond('/keys', (response) => void reads.push(response));
    const authorization = `Bearer ${await createToken('ann')}`;
    const caller = new AbortController();
    const first = fetch(`${url}/api/orders/${ORDER.id}`, {
      headers: { ...headers, authorization },
      signal: caller.signal,
    }).then(
      ({ status }) => status,
      () => 'disconnected',
    );
    await expect.poll(() => reads).toHaveLength(1);
    const others = Array.from({ length: 3 }, () => readOrder(authorization));
    if (!headers) caller.abort();
    expect(await first).toBe(end);
    // The gateway has handled the disconnect before it receives the next request.
    await readHealth('ready');
    for (const response of reads) json(keys)(response);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(reads).toHaveLength(1);
  });

  it('report a healthy identity provider when its keys can be read', async () => {
    const { details } = await readHealth('deep');
    expect(details).toMatchObject({ identity: { status: 'up', critical: false, breaker: 'closed' } });
  });

  it.each([
    ['connections are reset', reset],
    ['the response is no key set', json({ status: 'ok' })],
  ])('report a degraded identity provider when %s, and stay ready', async (_, handler) => {
    identity.respond('/keys', handler);
    const { details } = await readHealth('deep');
    expect(details['identity']).toMatchObject({ status: 'degraded', critical: false });
    expect(await readHealth('ready')).toMatchObject({ status: 'ok' });
  });

  it('require a token before the request is validated', async () => {
    const response = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(401);
  });
});

describe('orders without bearer tokens', () => {
  it('belong to anonymous', async () => {
    await start({});
    expect((await readOrder()).status).toBe(200);
    expect(principals).toEqual(['anonymous']);
    expect((await readHealth('deep')).details).not.toHaveProperty('identity');
  });
});

it('rejects a configuration with both a secret and keys', async () => {
  await start({});
  const both = {
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    AUTH_JWT_SECRET: 'x'.repeat(32),
    AUTH_JWKS_URL: 'https://id.example.org/keys',
  };
  await expect(createService(gateway, both)).rejects.toThrow(
    'AUTH_JWKS_URL: cannot be set together with AUTH_JWT_SECRET',
  );
});
