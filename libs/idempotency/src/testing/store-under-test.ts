import type { IdempotencyStore } from '../store.ts';

/** A store with a clock that the conformance suite moves. */
export interface StoreUnderTest {
  readonly store: IdempotencyStore;
  /**
   * Moves time for the record `id` by `ms` milliseconds, backwards where `ms` is negative. A store whose clock cannot
   * be moved subtracts `ms` from the end of the record's lease, and from its time to live where `ms` is positive.
   */
  readonly advance: (id: string, ms: number) => Promise<void>;
}
