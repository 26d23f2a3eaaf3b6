import { Redis } from 'ioredis';
import { afterAll, describe } from 'vitest';
import {
  type IdempotencyStore,
  RECORD_DEFAULTS,
  type RecordSettings,
  memoryStore,
  redisStore,
} from '../src/index.ts';
import { unguarded } from './unguarded.ts';

/** Runs the same specs on the memory store and, where there is one, on a real Redis. */
export function describeOnEveryStore(
  name: string,
  specs: (open: (settings?: Partial<RecordSettings>) => IdempotencyStore) => void,
): void {
  describe(`${name}, in memory`, () => {
    specs((settings) => memoryStore({ ...RECORD_DEFAULTS, ...settings }));
  });

  const url = process.env.TEST_REDIS_URL;
  describe.runIf(url)(`${name}, in Redis`, () => {
    const redis = new Redis(url ?? '', { lazyConnect: true });
    afterAll(() => redis.disconnect());
    specs((settings) => redisStore(unguarded(redis), { ...RECORD_DEFAULTS, ...settings }));
  });
}
