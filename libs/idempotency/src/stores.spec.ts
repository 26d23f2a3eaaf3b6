import { Redis } from 'ioredis';
import { afterAll, describe } from 'vitest';
import { describeIdempotencyStore } from '../test/describe-idempotency-store.ts';
import { unguarded } from '../test/unguarded.ts';
import { memoryStore } from './memory-store.ts';
import { redisStore } from './redis-store.ts';

describeIdempotencyStore('in memory', (settings) => {
  let now = 1;
  return {
    store: memoryStore(settings, () => now),
    advance: async (_, ms) => {
      now += ms;
    },
  };
});

const url = process.env.TEST_REDIS_URL ?? '';

describe.runIf(url)('Redis', () => {
  const redis = new Redis(url, { lazyConnect: true });
  afterAll(() => redis.disconnect());

  describeIdempotencyStore('shared', (settings) => ({
    store: redisStore(unguarded(redis), settings),
    // Time is the server's own: instead of it going on, the record grows older.
    async advance(id, ms) {
      const key = `idem:1:{${id}}`;
      if (await redis.hexists(key, 'lease')) await redis.hincrby(key, 'lease', -ms);
      const left = await redis.pttl(key);
      if (left > ms) await redis.pexpire(key, left - ms);
      else await redis.del(key);
    },
  }));
});
