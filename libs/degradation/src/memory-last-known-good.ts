import { type Clock, systemClock } from '@film-store/core';
import { LRUCache } from 'lru-cache';
import { type LastKnownGood, WRITE_INTERVAL_MS, decode, encode } from './last-known-good.ts';

/** Above these limits the least recently used entry is removed. */
const MAX_ENTRIES = 5000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

export interface MemoryLastKnownGood extends LastKnownGood {
  /** Returns the stored text, or `undefined` within `WRITE_INTERVAL_MS` after the last write. */
  set(key: string, value: unknown): string | undefined;
  getText(key: string): string | undefined;
}

/**
 * Creates a store for one process: 5,000 entries and 32 Mi characters. It stores text, so no caller can change a value. The
 * age of a value is measured on the monotonic clock, and `asOf` is the present wall clock minus this age.
 */
export function memoryLastKnownGood(clock: Clock = systemClock): MemoryLastKnownGood {
  const entries = new LRUCache<string, { readonly writtenAt: number; readonly text: string }>({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });
  return {
    set(key, value) {
      const writtenAt = clock.now();
      const last = entries.peek(key);
      if (last && writtenAt - last.writtenAt < WRITE_INTERVAL_MS) return undefined;
      const text = encode(value, clock.wallNow());
      entries.set(key, { writtenAt, text });
      return text;
    },
    getText: (key) => entries.peek(key)?.text,
    async read(key, schema, maxStaleMs) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      const ageMs = clock.now() - entry.writtenAt;
      const cached = ageMs <= maxStaleMs ? decode(entry.text, schema) : undefined;
      return cached && { ...cached, asOf: new Date(clock.wallNow() - ageMs).toISOString() };
    },
    delete: (key) => void entries.delete(key),
  };
}
