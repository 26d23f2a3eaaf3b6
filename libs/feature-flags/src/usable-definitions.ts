interface FlagSet {
  readonly flags: Readonly<Record<string, unknown>>;
}

export interface UsableDefinitions {
  readonly text: string;
  /** Flags whose definitions were replaced by the last valid ones, or left out. */
  readonly rejected: readonly string[];
}

/**
 * Replaces each definition that does not fit the schema of flagd by the one in `previous`, or leaves it out if that does not
 * fit either. Returns `undefined` if the definitions do not fit for another reason.
 * @param fits returns whether definitions, in the format of flagd, fit the schema
 */
export function findUsableDefinitions(
  text: string,
  previous: string | undefined,
  fits: (text: string) => boolean,
): UsableDefinitions | undefined {
  const set = parseFlagSet(text);
  const toText = (flags: FlagSet['flags']): string => JSON.stringify({ ...set, flags });
  if (!set || !fits(toText({}))) return undefined;
  const entries = Object.entries(set.flags);
  const rejected = findMisfits(entries, (some) => fits(toText(Object.fromEntries(some))));
  const earlier = (previous === undefined ? undefined : parseFlagSet(previous))?.flags ?? {};
  const usable = entries.flatMap(([key, definition]) => {
    if (!rejected.includes(key)) return [[key, definition] as const];
    const last = earlier[key];
    return last !== undefined && fits(toText({ [key]: last })) ? [[key, last] as const] : [];
  });
  return { text: toText(Object.fromEntries(usable)), rejected };
}

/** Returns `undefined` for a text that is not JSON or has no flags by key. */
function parseFlagSet(text: string): FlagSet | undefined {
  try {
    const set = JSON.parse(text) as Partial<FlagSet> | null;
    const flags: unknown = set?.flags;
    return typeof flags === 'object' && flags !== null && !Array.isArray(flags)
      ? (set as FlagSet)
      : undefined;
  } catch {
    return undefined;
  }
}

type Entries = readonly (readonly [key: string, definition: unknown])[];

/** Halves the entries until each misfit is alone, because a large set with one misfit would need as many checks as flags. */
function findMisfits(entries: Entries, fit: (entries: Entries) => boolean): string[] {
  if (fit(entries)) return [];
  if (entries.length === 1) return entries.map(([key]) => key);
  const half = Math.ceil(entries.length / 2);
  return [...findMisfits(entries.slice(0, half), fit), ...findMisfits(entries.slice(half), fit)];
}
