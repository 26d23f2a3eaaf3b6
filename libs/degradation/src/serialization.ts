import { z } from 'zod';
import type { CachedValue } from './last-known-good.ts';

const envelope = z.object({ asOf: z.iso.datetime(), value: z.unknown() });

/** Serializes a value that was read at `at`, in milliseconds since 1970. */
export const encode = (value: unknown, at: number): string =>
  JSON.stringify({ asOf: new Date(at).toISOString(), value });

/** Returns `undefined` for text of another origin, and for a value that does not match `schema`. */
export function decode<T>(text: string, schema: z.ZodType<T>): CachedValue<T> | undefined {
  const stored = envelope.safeParse(parseJson(text));
  if (!stored.success) return undefined;
  const value = schema.safeParse(stored.data.value);
  return value.success ? { value: value.data, asOf: stored.data.asOf } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
