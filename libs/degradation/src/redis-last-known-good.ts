import { type Clock, type ResilienceExecutor, requestContext, systemClock } from '@film-store/core';
import { type CachedValue, type LastKnownGood, decode } from './last-known-good.ts';
import { memoryLastKnownGood } from './memory-last-known-good.ts';

/** The number is the version of the stored format. Entries of other versions are not read, and expire. */
const PREFIX = 'last-known-good:2:';
const TTL_MS = 24 * 60 * 60 * 1000;
/** Longest wait for Redis, in milliseconds: half of the time that a fallback commonly has left. */
const READ_TIMEOUT_MS = 50;

/** The commands of an ioredis client, `Redis` or `Cluster`, that the store uses. */
export interface LastKnownGoodClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: 'PX', ttlMs: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/**
 * Creates a store in Redis that all replicas share, for 24 hours, with a copy in the memory of this process. It returns the
 * newer of the two values, and the one in memory while Redis fails.
 */
export function redisLastKnownGood(
  redis: ResilienceExecutor<LastKnownGoodClient>,
  clock: Clock = systemClock,
): LastKnownGood {
  const memory = memoryLastKnownGood(clock);

  async function readText(key: string): Promise<string | null> {
    const timeout = Promise.withResolvers<null>();
    const cancel = clock.after(READ_TIMEOUT_MS, () => timeout.resolve(null));
    const text = redis.execute((client) => client.get(PREFIX + key), { summary: 'GET last-known-good' });
    return Promise.race([text.catch(() => null), timeout.promise]).finally(cancel);
  }

  /** All requests share the value, so the write continues when the request ends. */
  function write(work: (client: LastKnownGoodClient) => Promise<unknown>, summary: string): void {
    void requestContext
      .runDetached(() => redis.execute(work, { summary }), 'sheddable')
      .catch(() => undefined);
  }

  return {
    async read(key, schema, maxStaleMs) {
      const [own, text] = await Promise.all([memory.read(key, schema, maxStaleMs), readText(key)]);
      // Memory knows the age of the values of this process, even if the wall clock was set since.
      if (text === null || text === memory.getText(key)) return own;
      const cached = decode(text, schema);
      return cached ? newer(own, toRecent(cached, clock.wallNow(), maxStaleMs)) : own;
    },
    set(key, value) {
      const text = memory.set(key, value);
      if (text !== undefined)
        write((client) => client.set(PREFIX + key, text, 'PX', TTL_MS), 'SET last-known-good');
    },
    delete(key) {
      memory.delete(key);
      write((client) => client.del(PREFIX + key), 'DEL last-known-good');
    },
  };
}

/** Replaces a time in the future by `now`: the clock of another replica may be ahead. Returns `undefined` for an old value. */
function toRecent<T>(cached: CachedValue<T>, now: number, maxStaleMs: number): CachedValue<T> | undefined {
  const at = Math.min(Date.parse(cached.asOf), now);
  return now - at <= maxStaleMs ? { ...cached, asOf: new Date(at).toISOString() } : undefined;
}

function newer<T>(a: CachedValue<T> | undefined, b: CachedValue<T> | undefined): CachedValue<T> | undefined {
  if (!a || !b) return a ?? b;
  return Date.parse(b.asOf) > Date.parse(a.asOf) ? b : a;
}
