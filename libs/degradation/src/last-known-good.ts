import type { Redis } from 'ioredis';
import type { z } from 'zod';

/**
 * Keeps the last good answer of an upstream, to serve when a new one cannot be had. Best effort: a store that
 * fails knows nothing, it never fails the request.
 */
export interface LastKnownGood {
  /** The value last kept under `key`; `undefined` where there is none, or none that fits `schema` any more. */
  read<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
  keep(key: string, value: unknown): Promise<void>;
}

/** For one process, until it ends. Keys are few and named by the code, never by a client. */
export function memoryLastKnownGood(): LastKnownGood {
  const kept = new Map<string, string>();
  return {
    read: async (key, schema) => parse(kept.get(key), schema),
    keep: async (key, value) => {
      kept.set(key, JSON.stringify(value));
    },
  };
}

/** Shared by every replica, and there after a restart. */
export function redisLastKnownGood(redis: Redis): LastKnownGood {
  const name = (key: string): string => `last-known-good:1:${key}`;
  return {
    read: async (key, schema) => parse(await redis.get(name(key)).catch(() => null), schema),
    keep: async (key, value) => {
      await redis.set(name(key), JSON.stringify(value)).catch(() => undefined);
    },
  };
}

function parse<T>(text: string | null | undefined, schema: z.ZodType<T>): T | undefined {
  return text == null ? undefined : schema.safeParse(JSON.parse(text)).data;
}
