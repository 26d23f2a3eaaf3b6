import type { z } from 'zod';

/** A value that was good, and the time at which it was read: ISO 8601, in UTC. */
export interface CachedValue<T> {
  readonly value: T;
  readonly asOf: string;
}

/**
 * Holds the last good responses of upstreams, for when a new one cannot be had. It is best effort: a store that fails
 * has no value. It neither fails nor delays the request. Run `lastKnownGoodCases` of `@film-store/degradation/testing`
 * against your own store.
 *
 * Keys may come from clients, so a store limits its size. Set only what an upstream responded with: otherwise clients
 * could evict the values of others with invented keys.
 */
export interface LastKnownGood {
  /**
   * Returns the value that was set last under `key`. Returns `undefined` where there is none, none of the last
   * `maxStaleMs` milliseconds, or none that matches `schema`, as after a deploy. Never rejects.
   */
  read<T>(key: string, schema: z.ZodType<T>, maxStaleMs: number): Promise<CachedValue<T> | undefined>;
  /**
   * Stores a value that was read just now; it must be JSON. Does nothing within `WRITE_INTERVAL_MS` after the last write
   * of the key.
   */
  set(key: string, value: unknown): void;
  /** Removes a value that no longer exists upstream. */
  delete(key: string): void;
}

/** Shortest time between two writes of a key, in milliseconds: under load nearly every read would be a write too. */
export const WRITE_INTERVAL_MS = 1000;
