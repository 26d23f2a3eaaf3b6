import { type Clock, type ResilienceExecutor, requestContext, systemClock } from '@film-store/core';
import type { CachedValue, LastKnownGood } from './last-known-good.ts';
import { memoryLastKnownGood } from './memory-last-known-good.ts';
import { decode } from './serialization.ts';

/** The number is the version of the stored format. Entries of another version are not read, and expire. */
const PREFIX = 'last-known-good:2:';
const TTL_MS = 24 * 60 * 60 * 1000;
/** Longest wait for Redis, in milliseconds: half of the time that a fallback commonly has left. */
const READ_TIMEOUT_MS = 50;

/** The part of an ioredis client, `Redis` or `Cluster`, that the store needs. */
export interface LastKnownGoodClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: 'PX', ttlMs: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/**
 * Creates a store that all replicas share and that survives a restart, for 24 hours. The memory of this process is beside
 * it: the newer of the two values is returned, and while Redis fails that of the memory.
 */
export function redisLastKnownGood(
  redis: ResilienceExecutor<LastKnownGoodClient>,
  clock: Clock = systemClock,
): LastKnownGood {
  const memory = memoryLastKnownGood(clock);

  async function readText(key: string): Promise<string | null> {
    const timeout = Promise.withResolvers<null>();
    const cancel = clock.after(READ_TIMEOUT_MS, () => timeout.resolve(null));
    try {
      return await Promise.race([
        redis
          .execute((client) => client.get(PREFIX + key), { summary: 'GET last-known-good' })
          .catch(() => null),
        timeout.promise,
      ]);
    } finally {
      cancel();
    }
  }

  /** All requests share the value, so the write goes on when the request that brought it ends. */
  function write(work: (client: LastKnownGoodClient) => Promise<unknown>, summary: string): void {
    void requestContext.outlive(() => redis.execute(work, { summary }), 'sheddable').catch(() => undefined);
  }

  return {
    read: async (key, schema, maxStaleMs) => {
      const [own, text] = await Promise.all([memory.read(key, schema, maxStaleMs), readText(key)]);
      // Memory knows the age of what this process wrote, also when the wall clock was set since.
      if (text === null || text === memory.textOf(key)) return own;
      return newer(own, withinAge(decode(text, schema), clock.wallNow(), maxStaleMs));
    },
    set: (key, value) => {
      const text = memory.setText(key, value);
      if (text === undefined) return;
      write((client) => client.set(PREFIX + key, text, 'PX', TTL_MS), 'SET last-known-good');
    },
    delete: (key) => {
      memory.delete(key);
      write((client) => client.del(PREFIX + key), 'DEL last-known-good');
    },
  };
}

/** Takes a time in the future for now: the clock of another replica is ahead, or ours was set back. */
function withinAge<T>(
  cached: CachedValue<T> | undefined,
  now: number,
  maxStaleMs: number,
): CachedValue<T> | undefined {
  if (!cached) return undefined;
  const at = Math.min(Date.parse(cached.asOf), now);
  return now - at <= maxStaleMs ? { ...cached, asOf: new Date(at).toISOString() } : undefined;
}

function newer<T>(a: CachedValue<T> | undefined, b: CachedValue<T> | undefined): CachedValue<T> | undefined {
  if (!a || !b) return a ?? b;
  return Date.parse(b.asOf) > Date.parse(a.asOf) ? b : a;
}
