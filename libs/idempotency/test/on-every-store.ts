import { Redis } from 'ioredis';
import { afterAll, describe } from 'vitest';
import { RECORD_DEFAULTS, type RecordSettings } from '../src/record.ts';
import { memoryStore } from '../src/memory-store.ts';
import { redisStore } from '../src/redis-store.ts';
import type { StoreUnderTest } from '../src/testing/idempotency-store-cases.ts';
import { unguarded } from './unguarded.ts';

/** Runs the same specs on the memory store and, if there is one, on a real Redis. */
export function describeOnEveryStore(
  name: string,
  specs: (open: (settings?: Partial<RecordSettings>) => StoreUnderTest) => void,
): void {
  describe(`${name}, in memory`, () => {
    specs((settings) => {
      // Far from 0, which the cache treats as no time. The clock may go back.
      let now = 1e9;
      return {
        store: memoryStore({ ...RECORD_DEFAULTS, ...settings }, () => now),
        advance: async (_, ms) => {
          now += ms;
        },
      };
    });
  });

  const url = process.env.TEST_REDIS_URL;
  describe.runIf(url)(`${name}, in Redis`, () => {
    const redis = new Redis(url ?? '', { lazyConnect: true });
    afterAll(() => redis.disconnect());
    specs((settings) => ({
      store: redisStore(unguarded(redis), { ...RECORD_DEFAULTS, ...settings }),
      // The clock of the server cannot be moved, so the record becomes older.
      async advance(id, ms) {
        const key = `idem:1:{${id}}`;
        if (await redis.hexists(key, 'lease')) await redis.hincrby(key, 'lease', -ms);
        const left = await redis.pttl(key);
        if (left > ms) await redis.pexpire(key, left - ms);
        else await redis.del(key);
      },
    }));
  });
}
