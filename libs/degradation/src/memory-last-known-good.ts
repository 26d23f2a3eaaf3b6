import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '@film-store/core';
import { type LastKnownGood, WRITE_INTERVAL_MS } from './last-known-good.ts';
import { decode, encode } from './serialization.ts';

/** Limits of one process. Above them the least recently used entry is removed. */
const LIMITS = { entries: 5000, characters: 32 * 1024 * 1024 } as const;

interface Entry {
  /** On the monotonic clock. */
  readonly at: number;
  readonly text: string;
}

export interface MemoryLastKnownGood extends LastKnownGood {
  /** Does the same as `set`. Returns the text that was stored, or `undefined` too soon after the last write. */
  setText(key: string, value: unknown): string | undefined;
  /** Returns the text that is stored. */
  textOf(key: string): string | undefined;
}

/**
 * Creates a store for one process: 5,000 entries and 32 Mi characters. It holds text, so that no caller can change a
 * stored value. The age of a value does not depend on the wall clock; `asOf` is the wall clock at the read minus the age.
 */
export function memoryLastKnownGood(clock: Clock = systemClock): MemoryLastKnownGood {
  const entries = new LRUCache<string, Entry>({
    max: LIMITS.entries,
    maxSize: LIMITS.characters,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });

  function setText(key: string, value: unknown): string | undefined {
    const at = clock.now();
    const last = entries.peek(key);
    if (last && at - last.at < WRITE_INTERVAL_MS) return undefined;
    const text = encode(value, clock.wallNow());
    entries.set(key, { at, text });
    return text;
  }

  return {
    setText,
    set: (key, value) => void setText(key, value),
    textOf: (key) => entries.peek(key)?.text,
    read: async (key, schema, maxStaleMs) => {
      const entry = entries.get(key);
      if (!entry) return undefined;
      const ageMs = clock.now() - entry.at;
      const cached = ageMs <= maxStaleMs ? decode(entry.text, schema) : undefined;
      return cached && { ...cached, asOf: new Date(clock.wallNow() - ageMs).toISOString() };
    },
    delete: (key) => void entries.delete(key),
  };
}
