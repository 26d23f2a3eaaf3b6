import { randomUUID } from 'node:crypto';
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { order } from '@film-store/contracts';
import {
  type Handler,
  type FakeUpstream,
  json,
  reset,
  startFakeUpstream,
} from '../../apps/gateway/test/fake-upstream.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { chooseRedis, startRedis } from '../../deploy/local/redis.ts';
import type { ServiceName } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';
import { type TestPostgres, findPostgres, startPostgres } from '../support/postgres.ts';
import { getHome, getPage, orderInit, send } from './client.ts';
import { type Probed, probe } from './probes.ts';
import { type Store, startStore } from './store.ts';

const FILM = 'the-dark-knight-2008';
const ORDER = { items: [{ productId: FILM, quantity: 1 }] };
const KEYS = '/keys';

const bin = findPostgres();
const redisFound = chooseRedis({ PATH: process.env.PATH });

/** Failing checks and readiness of each running service. */
type Health = Partial<Record<ServiceName, Pick<Probed, 'ready' | 'failing'>>>;
const well = { ready: 200, failing: {} };

interface Outage {
  readonly without: string;
  readonly kill: () => Promise<unknown>;
  readonly back?: () => Promise<unknown>;
  readonly health: Health;
  /** `X-Degraded` of the product page, or `whole`, and the status of an order. */
  readonly page: RegExp;
  readonly order: number;
}

describe.skipIf(bin === undefined || redisFound.kind !== 'own')('without one of its parts', () => {
  const executable = redisFound.kind === 'own' ? redisFound.executable : '';
  let store: Store;
  let postgres: TestPostgres;
  let redis: ReturnType<typeof startRedis>;
  let redisPort: number;
  let identity: FakeUpstream;
  let keys: Handler;
  let authorization: string;

  const startOwnRedis = async () => {
    redis = startRedis({ executable, port: redisPort });
    await redis.ready();
  };

  beforeAll(async () => {
    [redisPort = 0] = await freePorts(1);
    identity = await startFakeUpstream();
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    keys = json({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] });
    identity.respond(KEYS, keys);
    authorization = await bearer(privateKey);
    [postgres] = await Promise.all([startPostgres(bin ?? ''), startOwnRedis()]);
    store = await startStore({
      DATABASE_URL: postgres.url,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      IDEMPOTENCY_SECRET: 'for tests only, 32 characters or more',
      AUTH_JWKS_URL: identity.url + KEYS,
    });
    await getPage(store, FILM);
    await getHome(store);
    await send(store, '/api/orders', order, newOrder());
  });
  afterAll(async () => {
    identity?.close();
    await store?.close();
    await Promise.allSettled([redis?.stop(), postgres?.stop()]);
  });

  const newOrder = () => orderInit(ORDER, randomUUID(), { authorization });

  const fetchHealth = async (name: ServiceName): Promise<Pick<Probed, 'ready' | 'failing'>> => {
    const { live, ready, deep, report, failing } = await probe(`http://localhost:${store.ports[name]}`);
    expect(live).toBe(200);
    expect([deep, ready]).toEqual(report.status === 'error' ? [503, 503] : [200, 200]);
    return { ready, failing };
  };

  const outages: readonly Outage[] = [
    // #region part: recommendations
    {
      without: 'recommendations',
      kill: () => store.end('recommendations', 'SIGKILL'),
      back: () => store.start('recommendations'),
      health: { gateway: { ready: 200, failing: { recommendations: 'degraded' } }, catalog: well },
      page: /^recommendations;reason=unreachable;source=popular$/,
      order: 201,
    },
    // #endregion part: recommendations
    {
      without: 'catalog',
      kill: () => store.end('catalog', 'SIGKILL'),
      back: () => store.start('catalog'),
      health: {
        gateway: { ready: 200, failing: { catalog: 'degraded' } },
        recommendations: { ready: 200, failing: { catalog: 'degraded' } },
      },
      page: /^product;reason=unreachable;source=last-known-good$/,
      order: 502,
    },
    {
      without: 'Redis',
      kill: () => redis.stop(),
      back: startOwnRedis,
      health: {
        gateway: { ready: 200, failing: { redis: 'degraded' } },
        catalog: well,
        recommendations: well,
      },
      page: /^whole$/,
      order: 201,
    },
    {
      // The last known keys still identify the client.
      without: 'identity',
      kill: async () => identity.respond(KEYS, reset),
      back: async () => identity.respond(KEYS, keys),
      health: {
        gateway: { ready: 200, failing: { identity: 'degraded' } },
        catalog: well,
        recommendations: well,
      },
      page: /^whole$/,
      order: 201,
    },
    {
      // Last, because this part does not return.
      without: 'PostgreSQL',
      kill: () => postgres.stop(),
      health: {
        gateway: well,
        catalog: { ready: 503, failing: { database: 'down' } },
        recommendations: { ready: 200, failing: { catalog: 'degraded' } },
      },
      page: /^product;reason=[a-z-]+;source=last-known-good$/,
      order: 503,
    },
  ];

  it.each(outages)('$without', async (outage) => {
    await outage.kill();
    for (const [name, expected] of Object.entries(outage.health) as [ServiceName, object][])
      await eventually(async () => expect(await fetchHealth(name)).toEqual(expected));

    await eventually(async () => {
      const { status, body, headers } = await getPage(store, FILM);
      expect([status, body.product.id]).toEqual([200, FILM]);
      expect(headers.get('x-degraded') ?? 'whole').toMatch(outage.page);
    });
    expect((await getHome(store)).status).toBe(200);
    expect((await fetch(`${store.url}/api/orders`, newOrder())).status).toBe(outage.order);

    if (!outage.back) return;
    await outage.back();
    for (const name of ['catalog', 'recommendations', 'gateway'] as const)
      await eventually(async () => expect(await fetchHealth(name)).toEqual(well));
    await eventually(async () => {
      expect((await getPage(store, FILM)).headers.get('x-degraded')).toBeNull();
      expect((await send(store, '/api/orders', order, newOrder())).status).toBe(201);
    });
  });
});

const bearer = async (key: CryptoKey): Promise<string> => {
  const token = new SignJWT().setProtectedHeader({ alg: 'ES256' }).setSubject('ann');
  return `Bearer ${await token.setAudience('film-store').setExpirationTime('1h').sign(key)}`;
};
