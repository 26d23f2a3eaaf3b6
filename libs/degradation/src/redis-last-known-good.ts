import { type Clock, type ResilienceExecutor, requestContext, systemClock } from '@film-store/core';
import { type CachedValue, type LastKnownGood, decode } from './last-known-good.ts';
import { memoryLastKnownGood } from './memory-last-known-good.ts';
import { DELETE, SET } from './redis-scripts.ts';

/**
 * The number is the version of the stored format. Entries of other versions are not read, and expire. The hash tag keeps all
 * keys in one slot of a cluster, because the scripts change an entry together with the ranking.
 */
const PREFIX = '{last-known-good}:3:';
const RANKING = ['{last-known-good}:3-ranking', '{last-known-good}:3-sizes'] as const;
const TTL_MS = 24 * 60 * 60 * 1000;
/** Time in which the weight of a write falls to 1/e, in milliseconds. */
const DECAY_MS = 60 * 60 * 1000;
/** Memory of an entry beside its text and its three keys, in bytes. Measured with Redis 7. */
const ENTRY_OVERHEAD = 400;
/** Longest wait for Redis, in milliseconds: half of the time that a fallback commonly has left. */
const READ_TIMEOUT_MS = 50;

/** The part of an ioredis client, `Redis` or `Cluster`, that the store uses. */
export interface LastKnownGoodClient {
  get(key: string): Promise<string | null>;
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void;
}

export interface RedisLastKnownGoodOptions {
  /** Memory in Redis above which the least requested entries are removed, in bytes. @default 16 MiB */
  readonly maxBytes?: number;
}

/**
 * Creates a store in Redis that all replicas share, for 24 hours, with a copy in the memory of this process. It returns the
 * newer of the two values, and the one in memory while Redis fails. Its size in Redis is limited, because the same Redis may
 * hold data that must not be lost. Entries that are written often stay longest.
 */
export function redisLastKnownGood(
  redis: ResilienceExecutor<LastKnownGoodClient>,
  clock: Clock = systemClock,
  { maxBytes = 16 * 1024 * 1024 }: RedisLastKnownGoodOptions = {},
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
    set(key, value, json) {
      const text = memory.set(key, value, json) && memory.getText(key);
      if (!text) return;
      const size = Buffer.byteLength(text) + 3 * (PREFIX.length + key.length) + ENTRY_OVERHEAD;
      const args = [text, TTL_MS, clock.wallNow() / DECAY_MS, size, maxBytes];
      write(
        (client) => defineCommands(client).lastKnownGoodSet(PREFIX + key, ...RANKING, ...args),
        'SET last-known-good',
      );
    },
    delete(key) {
      memory.delete(key);
      write(
        (client) => defineCommands(client).lastKnownGoodDelete(PREFIX + key, ...RANKING),
        'DEL last-known-good',
      );
    },
  };
}

type Command = (...args: (string | number)[]) => Promise<unknown>;
type Commands = Readonly<Record<'lastKnownGoodSet' | 'lastKnownGoodDelete', Command>>;

const defined = new WeakSet<LastKnownGoodClient>();

/** Adds the scripts to the client as commands. It sends a script once per connection, and then only its hash. */
function defineCommands(client: LastKnownGoodClient): Commands {
  if (!defined.has(client)) {
    client.defineCommand('lastKnownGoodSet', { numberOfKeys: 3, lua: SET });
    client.defineCommand('lastKnownGoodDelete', { numberOfKeys: 3, lua: DELETE });
    defined.add(client);
  }
  return client as LastKnownGoodClient & Commands;
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
