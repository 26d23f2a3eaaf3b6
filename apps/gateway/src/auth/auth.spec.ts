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

const tokenOf = (subject: string, kid = 'k1') =>
  new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid })
    .setSubject(subject)
    .setAudience('film-store')
    .setExpirationTime('1 minute')
    .sign(privateKey);
const readOrder = async (authorization?: string) => {
  const answer = await fetch(`${url}/api/orders/${ORDER.id}`, {
    headers: authorization ? { authorization } : {},
  });
  return { status: answer.status, challenge: answer.headers.get('www-authenticate') };
};

const healthOf = async (probe: 'ready' | 'deep') =>
  healthReport.parse(await (await fetch(`${url}/health/${probe}`)).json());

describe('orders, where tokens are checked', () => {
  beforeEach(() => start({ AUTH_JWKS_URL: `${identity.url}/keys` }));

  it('are for whom the token names', async () => {
    expect(await readOrder(`Bearer ${await tokenOf('ann')}`)).toMatchObject({ status: 200 });
    expect(await readOrder(`bearer ${await tokenOf('bob')}`)).toMatchObject({ status: 200 });
    expect(principals).toEqual(['ann', 'bob']);
  });

  it('ask for a token', async () => {
    expect(await readOrder()).toEqual({ status: 401, challenge: 'Bearer' });
    expect(await readOrder('Basic YW5uOnB3')).toEqual({ status: 401, challenge: 'Bearer' });
    expect(principals).toEqual([]);
  });

  it('refuse a token with a key nobody knows', async () => {
    const stranger = await tokenOf('ann', 'k2');
    expect(await readOrder(`Bearer ${stranger}`)).toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
    });
  });

  it('read the keys anew for a key nobody knows, but not for every such token', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    let reads = 0;
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    identity.respond('/keys', (response) => {
      reads += 1;
      json({ keys: [jwk] })(response);
    });
    for (let n = 0; n < 20; n += 1)
      expect((await readOrder(`Bearer ${await tokenOf('ann', `unknown-${n}`)}`)).status).toBe(401);
    expect(reads).toBe(1);
  });

  it('cannot be had while nobody knows the keys, which is nobody’s fault but ours', async () => {
    identity.respond('/keys', reset);
    expect((await readOrder(`Bearer ${await tokenOf('ann')}`)).status).toBe(502);
    expect(principals).toEqual([]);
  });

  it('go on with the keys last known when they cannot be read anew', async () => {
    expect((await readOrder(`Bearer ${await tokenOf('ann')}`)).status).toBe(200);
    identity.close();
    expect((await readOrder(`Bearer ${await tokenOf('ann')}`)).status).toBe(200);
    expect((await readOrder(`Bearer ${await tokenOf('ann', 'k2')}`)).status).toBe(401);
  });

  it.each([
    ['has little time', { 'x-request-timeout-ms': '500' }, 504],
    ['leaves', undefined, 'left'],
  ])('wait for one read of the keys that the first of them started, who %s', async (_, headers, end) => {
    const { publicKey, privateKey: own } = await generateKeyPair('ES256', { extractable: true });
    privateKey = own;
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
    const reads: ServerResponse[] = [];
    identity.respond('/keys', (response) => void reads.push(response));
    const authorization = `Bearer ${await tokenOf('ann')}`;
    const caller = new AbortController();
    const first = fetch(`${url}/api/orders/${ORDER.id}`, {
      headers: { ...headers, authorization },
      signal: caller.signal,
    }).then(
      ({ status }) => status,
      () => 'left',
    );
    await expect.poll(() => reads).toHaveLength(1);
    const others = Array.from({ length: 3 }, () => readOrder(authorization));
    if (!headers) caller.abort();
    expect(await first).toBe(end);
    // The gateway has seen the client leave before it receives the next request.
    await healthOf('ready');
    for (const response of reads) json(keys)(response);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(reads).toHaveLength(1);
  });

  it('are one thing the service reports: with keys that can be read, it is well', async () => {
    const { details } = await healthOf('deep');
    expect(details).toMatchObject({ identity: { status: 'up', critical: false, breaker: 'closed' } });
  });

  it.each([
    ['nobody answers', reset],
    ['something else is there', json({ status: 'ok' })],
  ])('degrade the service where %s at the address of the keys, no more', async (_, answer) => {
    identity.respond('/keys', answer);
    const { details } = await healthOf('deep');
    expect(details['identity']).toMatchObject({ status: 'degraded', critical: false });
    expect(await healthOf('ready')).toMatchObject({ status: 'ok' });
  });

  it('are closed before anything is said about the request', async () => {
    const answer = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(401);
  });
});

describe('orders, where nobody has to say who they are', () => {
  it('are for anonymous', async () => {
    await start({});
    expect((await readOrder()).status).toBe(200);
    expect(principals).toEqual(['anonymous']);
    expect((await healthOf('deep')).details).not.toHaveProperty('identity');
  });
});

it('a service with both a secret and keys does not start', async () => {
  await start({});
  const both = {
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    AUTH_JWT_SECRET: 'x'.repeat(32),
    AUTH_JWKS_URL: 'https://id.example.org/keys',
  };
  await expect(createService(gateway, both)).rejects.toThrow(
    'AUTH_JWKS_URL: cannot be set beside AUTH_JWT_SECRET',
  );
});
