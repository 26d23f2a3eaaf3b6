import { z } from 'zod';

/** A value with the time at which it was read: ISO 8601, in UTC. */
export interface CachedValue<T> {
  readonly value: T;
  readonly asOf: string;
}

/**
 * Stores the last good responses of upstreams. A store that fails has no value: it neither fails nor delays the request.
 * Run `lastKnownGoodCases` of `@film-store/degradation/testing` against your own store.
 *
 * Keys may come from clients, so a store limits its size. Set only values that an upstream returned. Otherwise clients can
 * evict other values with invented keys.
 */
export interface LastKnownGood {
  /**
   * Returns the newest value of `key`. Returns `undefined` if there is none, if it is older than `maxStaleMs` milliseconds,
   * or if it does not match `schema`, for example after a deployment. Never rejects.
   */
  read<T>(key: string, schema: z.ZodType<T>, maxStaleMs: number): Promise<CachedValue<T> | undefined>;
  /**
   * Stores a JSON value that was read just now. Does nothing within `WRITE_INTERVAL_MS` after the last write of the key.
   * @param json the value as JSON, if it is known, such as the body of the response. @default `value`, serialized
   */
  set(key: string, value: unknown, json?: string): void;
  /** Deletes a value that no longer exists upstream. */
  delete(key: string): void;
}

/** Shortest time between two writes of a key, in milliseconds. Under load nearly every read would cause a write. */
export const WRITE_INTERVAL_MS = 1000;

const envelope = z.object({ asOf: z.iso.datetime(), value: z.unknown() });

/** @param at when the value was read, in milliseconds since 1970 */
export const encode = (json: string, at: number): string =>
  `{"asOf":"${new Date(at).toISOString()}","value":${json}}`;

/** Returns `undefined` for text of another format and for a value that does not match `schema`. */
export function decode<T>(text: string, schema: z.ZodType<T>): CachedValue<T> | undefined {
  try {
    const { asOf, value } = envelope.parse(JSON.parse(text));
    return { value: schema.parse(value), asOf };
  } catch {
    return undefined;
  }
}
