import { Problem, type ProblemCode } from '@film-store/problem';
import type { Degradation, DegradationReason } from './degradation.ts';
import { FeatureDisabled } from './feature-disabled.ts';
import type { CachedValue } from './last-known-good.ts';

interface Fresh<T, S> {
  readonly degraded: false;
  readonly value: T;
  readonly source: S;
}

interface Degraded<T, S> {
  readonly degraded: true;
  readonly value: T;
  readonly source: S;
  readonly reason: DegradationReason;
}

/** A value with its source. It is degraded unless the source is the best one. `asOf` is the read time of an old value. */
export type Degradable<T, S extends string> = Fresh<T, S> | (Degraded<T, S> & { readonly asOf?: string });

/** A fresh value, or the last known good one. */
export type FreshOrStale<T> = Fresh<T, 'fresh'> | (Degraded<T, 'last-known-good'> & CachedValue<T>);

export interface Source<T, S extends string> {
  readonly name: S;
  /** Resolves with `undefined` if the source works but has no value. `asOf` marks an old value. */
  readonly read: () => Promise<{ readonly value: T; readonly asOf?: string } | undefined>;
}

/**
 * Returns the value of the first source that has one, best source first. The value of any other source is degraded, for
 * the reason that the best source failed with. Returns `last` if no source has a value. Never throws an error of a source.
 */
export async function firstAvailable<T, S extends string>(
  sources: readonly [Source<T, S>, ...Source<T, S>[]],
  last: { readonly name: S; readonly value: T },
): Promise<Degradable<T, S>> {
  const [best] = sources;
  let reason: DegradationReason = 'upstream-error';
  for (const source of sources) {
    try {
      const found = await source.read();
      if (!found) continue;
      if (source === best) return { degraded: false, value: found.value, source: source.name };
      return { degraded: true, ...found, source: source.name, reason };
    } catch (error) {
      if (source === best) reason = toReason(error);
    }
  }
  return { degraded: true, value: last.value, source: last.name, reason };
}

/**
 * Returns a fresh value, or the last known good one if the upstream fails with a `Problem` of 500 or above. Errors of the
 * client, a missing resource and `internal`, a defect in the code, are thrown.
 * @throws the error of `fresh`, also if there is no last known good value
 */
export async function staleIfError<T>(
  fresh: () => Promise<T>,
  lastKnown: () => Promise<CachedValue<T> | undefined>,
): Promise<FreshOrStale<T>> {
  try {
    return { degraded: false, value: await fresh(), source: 'fresh' };
  } catch (error) {
    const failed = error instanceof Problem && error.status >= 500 && error.code !== 'internal';
    const cached = failed ? await lastKnown() : undefined;
    if (!cached) throw error;
    return { degraded: true, ...cached, source: 'last-known-good', reason: toReason(error) };
  }
}

/** Returns the entries of the `degraded` list of a body: one for a degraded value, none for a fresh one. */
export function toDegradations(feature: string, part: Degradable<unknown, string>): Degradation[] {
  if (!part.degraded) return [];
  const { reason, source, asOf } = part;
  return [{ feature, reason, source, ...(asOf !== undefined && { asOf }) }];
}

const REASONS: Partial<Record<ProblemCode, DegradationReason>> = {
  'upstream-timeout': 'timeout',
  'deadline-exceeded': 'timeout',
  'breaker-open': 'breaker-open',
  'bulkhead-full': 'bulkhead-full',
  overloaded: 'overload',
  'upstream-unreachable': 'unreachable',
};

function toReason(error: unknown): DegradationReason {
  // #region part: flags
  if (error instanceof FeatureDisabled) return 'flag-off';
  // #endregion part: flags
  return (error instanceof Problem && REASONS[error.code]) || 'upstream-error';
}
