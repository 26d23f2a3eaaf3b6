import { LRUCache } from 'lru-cache';
import type { Clock } from '@film-store/core';
import { decode, encode } from './serialization.ts';
import { KEEP_INTERVAL_MS, type LastKnownGood } from './last-known-good.ts';

/** What one process holds at most; what was used least recently goes first. */
const LIMITS = { entries: 5000, characters: 32 * 1024 * 1024 } as const;

interface Kept {
  /** On the monotonic clock. */
  readonly at: number;
  readonly text: string;
}

export interface MemoryLastKnownGood extends LastKnownGood {
  /** Stores as `set` does; returns the text that was stored, or `undefined` where it is too soon after the last time. */
  setText(key: string, value: unknown): string | undefined;
  /** Returns the text that is kept. */
  textOf(key: string): string | undefined;
}

/**
 * For one process, until it ends. Holds text, so that nobody can change what was kept. The age of a value does not depend
 * on the wall clock: `asOf` is as long ago as that, by the wall clock at the time of reading.
 */
export function memoryLastKnownGood(clock: Clock): MemoryLastKnownGood {
  const kept = new LRUCache<string, Kept>({
    max: LIMITS.entries,
    maxSize: LIMITS.characters,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });

  function setText(key: string, value: unknown): string | undefined {
    const at = clock.now();
    const last = kept.peek(key);
    if (last && at - last.at < KEEP_INTERVAL_MS) return undefined;
    const text = encode(value, clock.wallNow());
    kept.set(key, { at, text });
    return text;
  }

  return {
    setText,
    set: (key, value) => void setText(key, value),
    textOf: (key) => kept.peek(key)?.text,
    read: async (key, schema, maxStaleMs) => {
      const found = kept.get(key);
      if (!found) return undefined;
      const ageMs = clock.now() - found.at;
      const known = ageMs <= maxStaleMs ? decode(found.text, schema) : undefined;
      return known && { ...known, asOf: new Date(clock.wallNow() - ageMs).toISOString() };
    },
    delete: (key) => void kept.delete(key),
  };
}
