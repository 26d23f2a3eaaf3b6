import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RequestContext, requestContext, type ResilienceExecutor } from '@film-store/core';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { LastKnownGood } from './last-known-good.ts';
import { redisLastKnownGood } from './redis-last-known-good.ts';
import { lastKnownGoodCases } from './testing/last-known-good-cases.ts';

const HOUR_MS = 3_600_000;
const unguarded = (redis: Redis): ResilienceExecutor<Redis> => ({ execute: (work) => work(redis) });

it('writes with the lowest priority, also after the end of the request', async () => {
  const contexts: (RequestContext | undefined)[] = [];
  const redis: ResilienceExecutor<Redis> = {
    execute: async <T>() => {
      contexts.push(requestContext.get());
      return undefined as T;
    },
  };
  const store = redisLastKnownGood(redis, new VirtualClock());
  requestContext.run({ requestId: 'r-1', deadline: 0, signal: AbortSignal.abort() }, () => {
    store.set('a', 'value');
    store.delete('a');
  });
  expect(contexts).toEqual(Array.from({ length: 2 }, () => ({ requestId: 'r-1', priority: 'sheddable' })));
});

const url = process.env.TEST_REDIS_URL;
describe.runIf(url)('last known good in Redis', () => {
  const redis = new Redis(url ?? '', { lazyConnect: true });
  afterAll(() => redis.disconnect());
  const replica = (clock = new VirtualClock()) => redisLastKnownGood(unguarded(redis), clock);

  it.each(lastKnownGoodCases((clock) => redisLastKnownGood(unguarded(redis), clock)))(
    '$name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );

  it('is shared by every replica and survives a restart', async () => {
    const key = randomUUID();
    replica().set(key, 'a');
    expect(await replica().read(key, z.string(), HOUR_MS)).toEqual({
      value: 'a',
      asOf: '1970-01-01T00:00:00.000Z',
    });
  });

  it('returns the newest value of all replicas', async () => {
    const key = randomUUID();
    const clock = new VirtualClock();
    const [one, other] = [replica(clock), replica(clock)];
    one.set(key, 'a');
    clock.advance(500);
    other.set(key, 'b');
    expect((await one.read(key, z.string(), HOUR_MS))?.value).toBe('b');
    expect((await other.read(key, z.string(), HOUR_MS))?.value).toBe('b');
  });

  it('replaces a time in the future, from a replica whose clock is ahead, by now', async () => {
    const key = randomUUID();
    const ahead = new VirtualClock();
    ahead.stepWall(HOUR_MS);
    replica(ahead).set(key, 'a');
    expect(await replica().read(key, z.string(), HOUR_MS)).toEqual({
      value: 'a',
      asOf: '1970-01-01T00:00:00.000Z',
    });
  });

  it('returns the value in memory after Redis lost it', async () => {
    const key = randomUUID();
    const store = replica();
    store.set(key, 'a');
    await redis.del(`{last-known-good}:3:${key}`);
    expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('a');
  });

  it('stores for 24 hours, under the version of its format', async () => {
    const key = randomUUID();
    replica().set(key, 'a');
    const name = `{last-known-good}:3:${key}`;
    expect(await redis.get(name)).toBe('{"asOf":"1970-01-01T00:00:00.000Z","value":"a"}');
    const left = await redis.pttl(name);
    expect(left).toBeGreaterThan(86_000_000);
    expect(left).toBeLessThanOrEqual(86_400_000);
  });

  describe('at its limit', () => {
    const limited = new Redis(url ?? '', { lazyConnect: true, keyPrefix: `${randomUUID()}:` });
    afterAll(() => limited.disconnect());
    const KIB_64 = { maxBytes: 64 * 1024 };
    const text = 'x'.repeat(1000);
    const find = async (store: LastKnownGood, keys: readonly string[]) => {
      const found = await Promise.all(keys.map((key) => store.read(key, z.string(), HOUR_MS)));
      return keys.filter((_, index) => found[index]);
    };

    it('removes the entries that are written least, and none of another store', async () => {
      await limited.set('order', 'kept');
      const clock = new VirtualClock();
      const writer = redisLastKnownGood(unguarded(limited), clock, KIB_64);
      const crawled = Array.from({ length: 200 }, (_, index) => `crawled-${index}`);
      for (const [index, key] of crawled.entries()) {
        if (index < 100) writer.set('popular', text);
        writer.set(key, text);
        clock.advance(1000);
      }
      const other = redisLastKnownGood(unguarded(limited), clock, KIB_64);
      expect(await find(other, ['popular'])).toEqual(['popular']);
      const left = await find(other, crawled);
      expect(left.length).toBeGreaterThan(25);
      expect(left.length).toBeLessThan(64);
      expect(left).toEqual(crawled.slice(-left.length));
      expect(await limited.get('order')).toBe('kept');
      expect(Number(await limited.hget('{last-known-good}:3-sizes', ''))).toBeLessThanOrEqual(65_536);
    });

    it('has room again after a deletion, and expires as a whole', async () => {
      const clock = new VirtualClock();
      const store = redisLastKnownGood(unguarded(limited), clock, KIB_64);
      const used = async () => Number(await limited.hget('{last-known-good}:3-sizes', ''));
      const before = await used();
      store.set('deleted', text);
      store.delete('deleted');
      await limited.ping();
      expect(await used()).toBeLessThanOrEqual(before);
      expect(await limited.zscore('{last-known-good}:3-ranking', 'deleted')).toBeNull();
      for (const key of ['{last-known-good}:3-sizes', '{last-known-good}:3-ranking'])
        expect(await limited.pttl(key)).toBeGreaterThan(0);
    });

    it('works after Redis has evicted its ranking', async () => {
      const clock = new VirtualClock();
      const store = redisLastKnownGood(unguarded(limited), clock, KIB_64);
      await limited.del('{last-known-good}:3-ranking');
      await limited.hset('{last-known-good}:3-sizes', '', 1_000_000);
      store.set('first', text);
      clock.advance(1000);
      store.set('second', text);
      expect(await find(redisLastKnownGood(unguarded(limited), clock, KIB_64), ['second'])).toEqual([
        'second',
      ]);
    });
  });

  it.each([
    ['no JSON', '{"asOf":'],
    ['an empty text', ''],
    ['null', 'null'],
    ['a value without a time, as version 1 stored it', '"a"'],
    ['an invalid time', '{"asOf":"yesterday","value":"a"}'],
    ['a time without a value', '{"asOf":"1970-01-01T00:00:00.000Z"}'],
  ])('returns no value for %s', async (_, text) => {
    const key = randomUUID();
    await redis.set(`{last-known-good}:3:${key}`, text, 'PX', 60_000);
    expect(await replica().read(key, z.string(), HOUR_MS)).toBeUndefined();
  });

  it('returns no value for another type of Redis', async () => {
    const key = randomUUID();
    await redis.rpush(`{last-known-good}:3:${key}`, 'a');
    expect(await replica().read(key, z.string(), HOUR_MS)).toBeUndefined();
    await redis.del(`{last-known-good}:3:${key}`);
  });
});

describe('last known good while Redis is unreachable', () => {
  const redis = new Redis({
    port: 1,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  afterAll(() => redis.disconnect());

  it.each(lastKnownGoodCases((clock) => redisLastKnownGood(unguarded(redis), clock)))(
    '$name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});

it('waits at most 50 ms for a Redis that does not respond', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const redis = new Redis((server.address() as AddressInfo).port, '127.0.0.1');
  try {
    const clock = new VirtualClock();
    const store = redisLastKnownGood(unguarded(redis), clock);
    store.set('key', 'a');
    let read: unknown = 'waiting';
    void store.read('key', z.string(), HOUR_MS).then((cached) => (read = cached?.value));
    clock.advance(49);
    await settle();
    expect(read).toBe('waiting');
    clock.advance(1);
    await settle();
    expect(read).toBe('a');
  } finally {
    redis.disconnect();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
