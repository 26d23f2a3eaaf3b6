import type { StoredResponse } from './final-response.ts';
import * as transitions from './record.ts';
import type { Claim, ClaimResult, IdempotencyRecord, Loss, RecordSettings, Step } from './record.ts';

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
  /** Explains why an owner no longer owns its record. Called only after one of the calls above resolved with `false`. */
  explainLoss(id: string): Promise<Loss>;
}

/**
 * Loads the record `id`, calls `transition` with it and the time of the store in milliseconds, writes or deletes the record
 * if it changed, and returns the result. All of it is one transaction, and no other transaction on the record overlaps it.
 * A record expires `keepMs` after its last write.
 */
export type ApplyTransition = <R>(
  id: string,
  transition: (record: IdempotencyRecord | undefined, now: number) => Step<R>,
) => Promise<R>;

/** Creates a store for a database with transactions. */
export const createIdempotencyStore = (
  apply: ApplyTransition,
  settings: RecordSettings,
): IdempotencyStore => ({
  leaseMs: settings.leaseMs,
  claim: (id, attempt) => apply(id, (record, now) => transitions.claim(record, attempt, now, settings)),
  renew: (id, owner) => apply(id, (record, now) => transitions.renew(record, owner, now, settings)),
  complete: (id, owner, response) => apply(id, (record) => transitions.complete(record, owner, response)),
  markUnknown: (id, owner) => apply(id, (record) => transitions.markUnknown(record, owner)),
  release: (id, owner) => apply(id, (record) => transitions.release(record, owner)),
  explainLoss: (id) => apply(id, (record) => ({ record, result: transitions.explainLoss(record) })),
});
