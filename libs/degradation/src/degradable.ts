import type { Degradation, DegradationReason } from './degradation.ts';
import { brand } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { CachedValue } from './last-known-good.ts';

/** A value, where it came from, and whether that was the best source. */
export type Degradable<T, S extends string> =
  | { readonly degraded: false; readonly value: T; readonly source: S }
  | {
      readonly degraded: true;
      readonly value: T;
      readonly source: S;
      readonly reason: DegradationReason;
      /** When an old value was read; absent where the value is not old, only second best. */
      readonly asOf?: string;
    };

/** A `Degradable` whose second best is its own old value. */
export type FreshOrKnown<T> =
  | { readonly degraded: false; readonly value: T; readonly source: 'fresh' }
  | ({
      readonly degraded: true;
      readonly source: 'last-known-good';
      readonly reason: DegradationReason;
    } & CachedValue<T>);

/** What a source has; with `asOf` where it is old. */
interface Found<T> {
  readonly value: T;
  readonly asOf?: string;
}

/** What a source fails with that operators have switched off. */
export class FeatureDisabled extends Error {
  static {
    brand(this, 'degradation/FeatureDisabled');
  }

  override readonly name = 'FeatureDisabled';
}

export interface Source<T, S extends string> {
  readonly name: S;
  /** Resolves with `undefined` where the source works but has nothing. */
  readonly read: () => Promise<Found<T> | undefined>;
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
  const { found: first, error } = await attempt(best);
  if (first) return { degraded: false, value: first.value, source: best.name };
  const reason = reasonOf(error);
  for (const fallback of fallbacks) {
    const { found } = await attempt(fallback);
    if (found) return { degraded: true, ...found, source: fallback.name, reason };
  }
  return { degraded: true, value: last.value, source: last.name, reason };
}

/**
 * A fresh value, else the last known one. Only what a healthy upstream would not do makes it fall back: that there is
 * no such thing, or that the client asked wrongly, is an answer, and a defect of our own is not to be hidden.
 * @throws what `fresh` rejected with, where that is such an answer or where nothing is known
 */
export async function staleIfError<T>(
  fresh: () => Promise<T>,
  lastKnown: () => Promise<CachedValue<T> | undefined>,
): Promise<FreshOrKnown<T>> {
  try {
    return { degraded: false, value: await fresh(), source: 'fresh' };
  } catch (error) {
    const known = isPassing(error) ? await lastKnown() : undefined;
    if (!known) throw error;
    return { degraded: true, ...known, source: 'last-known-good', reason: reasonOf(error) };
  }
}

/** How the degraded feature is told in the body's `degraded` list; nothing where all is well. */
export function degradationsOf(feature: string, part: Degradable<unknown, string>): Degradation[] {
  if (!part.degraded) return [];
  const { reason, source, asOf } = part;
  return [{ feature, reason, source, ...(asOf !== undefined && { asOf }) }];
}

const isPassing = (error: unknown): boolean =>
  error instanceof Problem && error.status >= 500 && error.code !== 'internal';

async function attempt<T>(
  source: Source<T, string>,
): Promise<{ found?: Found<T> | undefined; error?: unknown }> {
  try {
    return { found: await source.read() };
  } catch (error) {
    return { error };
  }
}

function reasonOf(error: unknown): DegradationReason {
  if (error instanceof FeatureDisabled) return 'flag-off';
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
