type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Both sides changed the same value. */
class JsonConflict extends Error {}

/**
 * Merges two descendants of a JSON document value by value, so that new entries next to each other are no conflict. Keys keep the
 * order of `theirs`, and the keys that only `ours` has follow. Lists are single values.
 * @returns `undefined` if both sides changed the same value
 */
export function mergeJson(base: string, ours: string, theirs: string): string | undefined {
  try {
    const merged = mergeValues(parse(base), parse(ours), parse(theirs));
    return `${JSON.stringify(merged, undefined, 2)}\n`;
  } catch (error) {
    if (error instanceof JsonConflict || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const parse = (text: string): Json => JSON.parse(text) as Json;

function mergeValues(
  base: Json | undefined,
  ours: Json | undefined,
  theirs: Json | undefined,
): Json | undefined {
  if (isEqual(ours, theirs) || isEqual(base, theirs)) return ours;
  if (isEqual(base, ours)) return theirs;
  if (!isObject(ours) || !isObject(theirs)) throw new JsonConflict();
  const before = isObject(base) ? base : {};
  const merged: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const value = mergeValues(before[key], ours[key], theirs[key]);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

/** Compares values, in objects also the order of the keys. */
const isEqual = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
