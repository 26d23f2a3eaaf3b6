import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderFeed, productList } from '@film-store/contracts';
import { toInitialStock } from '../../apps/catalog/src/films/offer.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { type Ports, serviceEnvironment, startService } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { CLOSED_PORTS } from '../support/closed-ports.ts';
import { eventually } from '../support/eventually.ts';
import { startRedisCluster, startSentinels } from '../support/redis-topologies.ts';
import { orderInit } from './client.ts';
import { createDatabase } from '../support/postgres.ts';
import { redisProgram } from './two-gateways.ts';

/** Places one order of a film, with as many retries as necessary, and repeats it. */
async function placeTwice(url: string, productId: string) {
  const init = orderInit({ items: [{ productId, quantity: 1 }] }, randomUUID());
  const place = () =>
    eventually(async () => {
      const response = await fetch(`${url}/api/orders`, init);
      expect(response.status).toBe(201);
      return { text: await response.text(), replayed: response.headers.has('idempotent-replayed') };
    });
  const first = await place();
  const repetition = await place();
  expect(repetition.text).toBe(first.text);
  return { place, text: first.text, replayed: repetition.replayed };
}

/** A gateway and a catalog around this Redis, for the surrounding specs. */
function openShop<R extends { readonly env: NodeJS.ProcessEnv; stop(): Promise<void> }>(
  startRedis: (executable: string) => Promise<R>,
) {
  const stops = new Stops();
  let redis: R;
  let ports: Ports;
  const placed: Awaited<ReturnType<typeof placeTwice>>[] = [];
  /** Films in stock, used in turn: the number of orders until Redis recovers is unknown. */
  let films: string[];
  let turn = 0;
  const nextFilm = (): string => films[turn++ % films.length] ?? '';
  const url = () => `http://localhost:${ports.gateway}`;

  beforeAll(async () => {
    const [gateway = 0, catalog = 0] = await freePorts(2);
    ports = { ...CLOSED_PORTS, gateway, catalog };
    const dataDir = await mkdtemp(join(tmpdir(), 'redis-topologies-'));
    stops.add({ stop: () => rm(dataDir, { recursive: true, force: true }) });
    redis = stops.add(await startRedis(redisProgram ?? ''));
    const database = process.env['TEST_DATABASE_URL'];
    const env = {
      ...process.env,
      DATA_DIR: dataDir,
      DATABASE_URL: database ? (await createDatabase(database, 'e2e')).url : '',
      REDIS_URL: '',
      UPSTREAM_REDIS_BREAKER_RESET_MS: '200',
      UPSTREAM_REDIS_BREAKER_RAMP_MS: '0',
      ...redis.env,
    };
    const start = (name: 'catalog' | 'gateway') =>
      stops.add(startService({ name, port: ports[name], env: serviceEnvironment(name, ports, env) })).ready();
    await Promise.all([start('catalog'), start('gateway')]);
    const list = await fetch(`http://localhost:${ports.catalog}/products?limit=100`);
    const ids = productList.parse(await list.json()).items.map(({ id }) => id);
    films = ids.filter((id) => toInitialStock(id) >= 20);
  });
  afterAll(() => stops.stop());

  return {
    redis: () => redis,
    /** Places this many orders at once, each twice. Resolves with whether all repetitions were replays. */
    place: async (count: number): Promise<boolean> => {
      const now = await Promise.all(Array.from({ length: count }, () => placeTwice(url(), nextFilm())));
      placed.push(...now);
      return now.every(({ replayed }) => replayed);
    },
    /** Repeats all orders: they are the same, and catalog has no others. */
    expectNoDuplicates: async (): Promise<void> => {
      for (const { place, text } of placed) expect((await place()).text).toBe(text);
      const feed = await fetch(`http://localhost:${ports.catalog}/orders/feed?limit=1000`);
      const { entries } = orderFeed.parse(await feed.json());
      const ids = placed.map(({ text }) => (JSON.parse(text) as { id: string }).id);
      expect(entries.map(({ orderId }) => orderId).toSorted()).toEqual(ids.toSorted());
    },
  };
}

describe.runIf(redisProgram)('orders over Redis with Sentinel', () => {
  const shop = openShop(startSentinels);

  it('27: the master fails over while orders are placed: none twice, and keys are recorded again', async () => {
    const before = await shop.redis().master();
    await eventually(async () => expect(await shop.place(2)).toBe(true));
    await shop.redis().killMaster();
    await eventually(async () => {
      const recorded = await shop.place(2);
      expect(await shop.redis().master()).not.toBe(before);
      expect(recorded).toBe(true);
    });
    await shop.expectNoDuplicates();
  });
});

describe.runIf(redisProgram)('orders over a Redis Cluster', () => {
  const shop = openShop(startRedisCluster);

  it('are recorded on all of its masters, and none is placed twice when a master fails', async () => {
    // The masters of the keys are random.
    await eventually(async () => {
      expect(await shop.place(12)).toBe(true);
      for (const size of await shop.redis().sizes()) expect(size).toBeGreaterThan(0);
    });
    await shop.redis().killOne();
    await shop.place(12);
    await shop.expectNoDuplicates();
  });
});
