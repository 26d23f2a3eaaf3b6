import { z } from 'zod';
import type { CachedValue } from './last-known-good.ts';

const envelope = z.object({ asOf: z.iso.datetime(), value: z.unknown() });

/** @param at when the value was read, in milliseconds since 1970 */
export const encode = (value: unknown, at: number): string =>
  JSON.stringify({ asOf: new Date(at).toISOString(), value });

/** Returns `undefined` for text of another format and for a value that does not match `schema`. */
export function decode<T>(text: string, schema: z.ZodType<T>): CachedValue<T> | undefined {
  try {
    const { asOf, value } = envelope.parse(JSON.parse(text));
    return { value: schema.parse(value), asOf };
  } catch {
    return undefined;
  }
}
