import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LastKnownGood, memoryLastKnownGood, redisLastKnownGood } from './last-known-good.ts';

/** What every store must do. */
function contract(create: () => LastKnownGood): void {
  let store: LastKnownGood;
  let key: string;
  beforeEach(() => {
    store = create();
    key = randomUUID();
  });

  it('knows nothing at first', async () => {
    expect(await store.read(key, z.string())).toBeUndefined();
  });

  it('gives back what it kept last', async () => {
    await store.keep(key, ['a']);
    await store.keep(key, ['b', 'c']);
    expect(await store.read(key, z.array(z.string()))).toEqual(['b', 'c']);
  });

  it('keeps keys apart', async () => {
    await store.keep(key, 'a');
    expect(await store.read(`${key}-other`, z.string())).toBeUndefined();
  });

  it('does not give out what no longer fits, as after a deploy', async () => {
    await store.keep(key, { title: 'Alien' });
    expect(await store.read(key, z.object({ title: z.string(), price: z.number() }))).toBeUndefined();
  });
}

describe('in memory', () => {
  contract(memoryLastKnownGood);
});

const url = process.env.TEST_REDIS_URL;
describe.runIf(url)('in Redis', () => {
  const redis = new Redis(url ?? '', { lazyConnect: true });
  afterAll(() => redis.disconnect());

  contract(() => redisLastKnownGood(redis));

  it('is shared by every replica', async () => {
    const key = randomUUID();
    await redisLastKnownGood(redis).keep(key, 'a');
    expect(await redisLastKnownGood(redis).read(key, z.string())).toBe('a');
  });
});

describe('with a Redis that is away', () => {
  const redis = new Redis({
    port: 1,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  const store = redisLastKnownGood(redis);

  it('knows nothing, and fails no request', async () => {
    await store.keep('key', 'a');
    expect(await store.read('key', z.string())).toBeUndefined();
  });
});
