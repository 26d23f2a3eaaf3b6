import { type Clock, systemClock } from '@film-store/core';
import { LRUCache } from 'lru-cache';
import { type LastKnownGood, WRITE_INTERVAL_MS, decode, encode } from './last-known-good.ts';

/** Above these limits the least recently used entry is removed. */
const MAX_ENTRIES = 5000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

export interface MemoryLastKnownGood extends LastKnownGood {
  /** Returns whether it stored the value: not within `WRITE_INTERVAL_MS` after the last write. */
  set(key: string, value: unknown, json?: string): boolean;
  /** Returns the value with the time of its read, as `encode` does. */
  getText(key: string): string | undefined;
}

interface Entry {
  readonly json: string;
  /** On the monotonic clock. */
  readonly writtenAt: number;
  /** On the wall clock. */
  readonly at: number;
}

/**
 * Creates a store for one process: 5,000 entries and 32 Mi characters. It stores text, so no caller can change a value. The
 * age of a value is measured on the monotonic clock, and `asOf` is the present wall clock minus this age.
 */
export function memoryLastKnownGood(clock: Clock = systemClock): MemoryLastKnownGood {
  const entries = new LRUCache<string, Entry>({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ json }, key) => json.length + key.length,
  });
  return {
    set(key, value, json) {
      const writtenAt = clock.now();
      const last = entries.peek(key);
      if (last && writtenAt - last.writtenAt < WRITE_INTERVAL_MS) return false;
      const latest = json ?? JSON.stringify(value);
      // Text that lives long costs more to collect, so an unchanged value keeps its old text.
      const kept = latest === last?.json ? last.json : latest;
      entries.set(key, { json: kept, writtenAt, at: clock.wallNow() });
      return true;
    },
    getText(key) {
      const entry = entries.peek(key);
      return entry && encode(entry.json, entry.at);
    },
    async read(key, schema, maxStaleMs) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      const ageMs = clock.now() - entry.writtenAt;
      return ageMs <= maxStaleMs ? decode(encode(entry.json, clock.wallNow() - ageMs), schema) : undefined;
    },
    delete: (key) => void entries.delete(key),
  };
}
