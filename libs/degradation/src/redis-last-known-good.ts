import type { Cluster, Redis } from 'ioredis';
import { type Clock, requestContext, type ResilienceExecutor } from '@film-store/core';
import { decode } from './serialization.ts';
import type { CachedValue, LastKnownGood } from './last-known-good.ts';
import { memoryLastKnownGood } from './memory-last-known-good.ts';

/** The number is the version of what is stored: another version's entries are not seen, and expire. */
const PREFIX = 'last-known-good:2:';
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Longest wait for Redis, in milliseconds: half of what a fallback commonly has left of its request's time. */
const READ_WAIT_MS = 50;

/**
 * Shared by every replica and there after a restart, with this process' own memory beside it: the newer of the two is
 * served, and while Redis is away what this process has seen.
 */
export function redisLastKnownGood(redis: ResilienceExecutor<Redis | Cluster>, clock: Clock): LastKnownGood {
  const memory = memoryLastKnownGood(clock);

  async function stored(key: string): Promise<string | null> {
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(READ_WAIT_MS, () => late.resolve(null));
    try {
      return await Promise.race([
        redis
          .execute((client) => client.get(PREFIX + key), { summary: 'GET last-known-good' })
          .catch(() => null),
        late.promise,
      ]);
    } finally {
      cancel();
    }
  }

  /** The value serves all requests, so the write does not end with the one that brought it. */
  function write(work: (client: Redis | Cluster) => Promise<unknown>, summary: string): void {
    void requestContext.outlive(() => redis.execute(work, { summary }), 'sheddable').catch(() => undefined);
  }

  return {
    read: async (key, schema, maxStaleMs) => {
      const [own, text] = await Promise.all([memory.read(key, schema, maxStaleMs), stored(key)]);
      // Of what this process wrote itself, memory knows the age whatever the wall clock was set to since.
      if (text === null || text === memory.textOf(key)) return own;
      return newer(own, withinAge(decode(text, schema), clock.wallNow(), maxStaleMs));
    },
    set: (key, value) => {
      const text = memory.setText(key, value);
      if (text === undefined) return;
      write((client) => client.set(PREFIX + key, text, 'PX', KEPT_MS), 'SET last-known-good');
    },
    delete: (key) => {
      memory.delete(key);
      write((client) => client.del(PREFIX + key), 'DEL last-known-good');
    },
  };
}

/** Times in the future are of replicas whose clock is ahead, or of before ours was set back: they are taken for now. */
function withinAge<T>(
  known: CachedValue<T> | undefined,
  now: number,
  maxStaleMs: number,
): CachedValue<T> | undefined {
  if (!known) return undefined;
  const at = Math.min(Date.parse(known.asOf), now);
  return now - at <= maxStaleMs ? { ...known, asOf: new Date(at).toISOString() } : undefined;
}

function newer<T>(a: CachedValue<T> | undefined, b: CachedValue<T> | undefined): CachedValue<T> | undefined {
  if (!a || !b) return a ?? b;
  return Date.parse(b.asOf) > Date.parse(a.asOf) ? b : a;
}
