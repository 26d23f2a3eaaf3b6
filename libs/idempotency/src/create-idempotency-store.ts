import {
  type IdempotencyRecord,
  type RecordSettings,
  type Step,
  claim,
  complete,
  markUnknown,
  release,
  renew,
} from './record.ts';
import type { IdempotencyStore } from './store.ts';

/**
 * Loads the record `id`, calls `transition` with it and with the store's time in milliseconds, writes or deletes the
 * record where it changed, and returns the result: all in one transaction that no other one on this record overlaps.
 * A record expires `keepMs` after its last write.
 */
export type ApplyTransition = <R>(
  id: string,
  transition: (record: IdempotencyRecord | undefined, now: number) => Step<R>,
) => Promise<R>;

/** Creates a store for a database with transactions. It needs one function of the database, `apply`. */
export const createIdempotencyStore = (
  apply: ApplyTransition,
  settings: RecordSettings,
): IdempotencyStore => ({
  leaseMs: settings.leaseMs,
  claim: (id, attempt) => apply(id, (record, now) => claim(record, attempt, now, settings)),
  renew: (id, owner) => apply(id, (record, now) => renew(record, owner, now, settings)),
  complete: (id, owner, response) => apply(id, (record) => complete(record, owner, response)),
  markUnknown: (id, owner) => apply(id, (record) => markUnknown(record, owner)),
  release: (id, owner) => apply(id, (record) => release(record, owner)),
});
