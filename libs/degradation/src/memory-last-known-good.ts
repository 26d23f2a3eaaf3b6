import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';
import { decode, encode } from './kept-text.ts';
import { KEEP_INTERVAL_MS, type LastKnownGood } from './last-known-good.ts';

/** What one process holds at most; what was used least recently goes first. */
const LIMITS = { entries: 5000, characters: 32 * 1024 * 1024 } as const;

interface Kept {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export interface MemoryLastKnownGood extends LastKnownGood {
  /** Keeps as `keep` does; the text that was kept, or `undefined` where it is too soon after the last time. */
  keepText(key: string, value: unknown): string | undefined;
}

/** For one process, until it ends. Holds text, so that nobody can change what was kept. */
export function memoryLastKnownGood(clock: Clock): MemoryLastKnownGood {
  const kept = new LRUCache<string, Kept>({
    max: LIMITS.entries,
    maxSize: LIMITS.characters,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });

  function keepText(key: string, value: unknown): string | undefined {
    const at = clock.now();
    const last = kept.peek(key);
    // The wall clock may have been set back, which must not keep old answers for as long.
    if (last && Math.abs(at - last.at) < KEEP_INTERVAL_MS) return undefined;
    const text = encode(value, at);
    kept.set(key, { at, text });
    return text;
  }

  return {
    keepText,
    keep: (key, value) => void keepText(key, value),
    read: async (key, schema, maxStaleMs) => {
      const found = kept.get(key);
      return found && decode(found.text, schema, clock.now() - maxStaleMs);
    },
    forget: (key) => void kept.delete(key),
  };
}
