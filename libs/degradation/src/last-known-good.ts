import type { z } from 'zod';

/** A value that was good, and when it was read: an ISO 8601 date and time in UTC. */
export interface CachedValue<T> {
  readonly value: T;
  readonly asOf: string;
}

/**
 * Keeps the last good answers of upstreams, to serve when new ones cannot be had. Best effort: a store that fails
 * knows nothing, it never fails or delays the request.
 *
 * Keys may come from clients, so a store bounds what it holds; keep only what an upstream really answered with, or
 * clients push out with made-up keys what others need.
 */
export interface LastKnownGood {
  /**
   * What was kept last under `key`; `undefined` where there is nothing, nothing of the last `maxStaleMs`
   * milliseconds, or nothing that fits `schema`, as after a deploy. Never rejects.
   */
  read<T>(key: string, schema: z.ZodType<T>, maxStaleMs: number): Promise<CachedValue<T> | undefined>;
  /** Keeps a value that was read just now; it must be JSON. Within `KEEP_INTERVAL_MS` of the last time it does nothing. */
  set(key: string, value: unknown): void;
  /** For when the upstream says that there is no such thing any more. */
  delete(key: string): void;
}

/** A key is written at most once in this time, in milliseconds: under load nearly every read would be a write too. */
export const KEEP_INTERVAL_MS = 1000;
