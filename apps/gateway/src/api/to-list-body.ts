import type { Degradable, DegradationReason } from '@film-store/degradation';

/** The body of a `degradableList`. */
export interface ListBody<Item, Source extends string> {
  readonly items: Item[];
  readonly source: Source;
  readonly degraded: boolean;
  readonly reason?: DegradationReason;
}

/** Converts a list with its source to a `degradableList` of a response. */
export const toListBody = <Item, Source extends string>(
  list: Degradable<Item[], Source>,
): ListBody<Item, Source> => ({
  items: list.value,
  source: list.source,
  degraded: list.degraded,
  ...(list.degraded && { reason: list.reason }),
});
