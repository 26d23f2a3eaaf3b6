import type { StoredResponse } from './final-response.ts';
import type { Claim, ClaimResult } from './record.ts';

/**
 * Stores one record per id and applies the transitions of `record.ts` to it, one at a time. Run `idempotencyStoreCases` of
 * `@film-store/idempotency/testing` against your own store.
 *
 * - Time comes from one clock that all replicas share, never from the caller.
 * - Each call settles within a limited time, because a request waits for it.
 * - A rejection means that the transition may or may not have been made.
 * - `renew`, `complete`, `markUnknown` and `release` resolve with `false`, and change nothing, unless `owner` owns the
 *   record.
 */
export interface IdempotencyStore {
  /** Time that a claim lasts without a renewal, in milliseconds. */
  readonly leaseMs: number;
  claim(id: string, claim: Claim): Promise<ClaimResult>;
  renew(id: string, owner: string): Promise<boolean>;
  complete(id: string, owner: string, response: StoredResponse): Promise<boolean>;
  markUnknown(id: string, owner: string): Promise<boolean>;
  release(id: string, owner: string): Promise<boolean>;
}
