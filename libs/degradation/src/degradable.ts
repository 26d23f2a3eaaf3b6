import type { Degradation, DegradationReason } from '#libs/contracts';
import { Problem } from '#libs/http';

/** A value, where it came from, and whether that was the best source. */
export type Degradable<T, S extends string> =
  | { readonly degraded: false; readonly value: T; readonly source: S }
  | { readonly degraded: true; readonly value: T; readonly source: S; readonly reason: DegradationReason };

/** What a source fails with that operators have switched off. */
export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff';
}

export interface Source<T, S extends string> {
  readonly name: S;
  /** Resolves with `undefined` where the source works but has nothing. */
  readonly read: () => Promise<T | undefined>;
}

/**
 * Reads the first source that has a value, best first; any but the best is a degraded answer, whose reason is what
 * the best one failed with. `last` is what is left when all fail, so this never throws for a failing source.
 */
export async function firstAvailable<T, S extends string>(
  sources: readonly [Source<T, S>, ...Source<T, S>[]],
  last: { readonly name: S; readonly value: T },
): Promise<Degradable<T, S>> {
  const [best, ...fallbacks] = sources;
  const first = await attempt(best);
  if (first.value !== undefined) return { degraded: false, value: first.value, source: best.name };
  const reason = reasonOf(first.error);
  for (const fallback of fallbacks) {
    const { value } = await attempt(fallback);
    if (value !== undefined) return { degraded: true, value, source: fallback.name, reason };
  }
  return { degraded: true, value: last.value, source: last.name, reason };
}

/** How the degraded feature is told in the body's `degraded` list; nothing where all is well. */
export const degradationsOf = (feature: string, part: Degradable<unknown, string>): Degradation[] =>
  part.degraded ? [{ feature, reason: part.reason, source: part.source }] : [];

async function attempt<T>(source: Source<T, string>): Promise<{ value?: T | undefined; error?: unknown }> {
  try {
    return { value: await source.read() };
  } catch (error) {
    return { error };
  }
}

function reasonOf(error: unknown): DegradationReason {
  if (error instanceof SwitchedOff) return 'flag-off';
  if (!(error instanceof Problem)) return 'upstream-error';
  switch (error.code) {
    case 'upstream-timeout':
    case 'deadline-exceeded':
      return 'timeout';
    case 'breaker-open':
    case 'bulkhead-full':
      return error.code;
    case 'overloaded':
      return 'overload';
    case 'upstream-unreachable':
      return 'unreachable';
    default:
      return 'upstream-error';
  }
}
