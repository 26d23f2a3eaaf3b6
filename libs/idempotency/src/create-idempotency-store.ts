import * as transitions from './record.ts';
import type { IdempotencyRecord, RecordSettings, Step } from './record.ts';
import type { IdempotencyStore } from './store.ts';

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
});
