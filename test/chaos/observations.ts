import type { Discrepancies } from './exactly-once/reconcile.ts';
import type { Observation, Tolerance } from './experiment.ts';

const EXAMPLES = 5;

/** Returns their number and the first few of them. */
export const listed = (list: readonly string[]): Observation => ({
  value: list.length,
  examples: takeFirst(list),
});

/** Number of examples that a report shows. */
export const takeFirst = <T>(list: readonly T[]): readonly T[] => list.slice(0, EXAMPLES);

const none: Tolerance = { exactly: 0 };

/** Tolerances for all discrepancies. */
export const nothingAmiss: Readonly<Record<keyof Discrepancies, Tolerance>> = {
  lost: none,
  duplicated: none,
  stock: none,
  feed: none,
  responses: none,
  withoutResponse: none,
};

export const toObservations = (found: Discrepancies): Readonly<Record<keyof Discrepancies, Observation>> => ({
  lost: listed(found.lost),
  duplicated: listed(found.duplicated),
  stock: listed(found.stock),
  feed: listed(found.feed),
  responses: listed(found.responses),
  withoutResponse: listed(found.withoutResponse),
});
