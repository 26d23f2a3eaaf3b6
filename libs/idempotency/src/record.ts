import type { StoredResponse } from './final-response.ts';
import { fingerprintsDiffer } from './fingerprint.ts';

/** The request of a key, while no response is recorded. */
interface BoundKey {
  readonly fingerprint: string;
  /** Number of times that another attempt took over after the lease had expired. */
  readonly takeovers: number;
}

/** The state of one key. A key that was never used, or whose request had no effect, has no record. */
export type IdempotencyRecord =
  /** An attempt runs, or its process has died. */
  | (BoundKey & {
      readonly state: 'in-flight';
      /** Random per HTTP attempt. */
      readonly owner: string;
      /** Time from which another attempt may take over, in milliseconds on the store's clock. */
      readonly leaseUntil: number;
      /** `true` if an earlier attempt may have had an effect. */
      readonly mayHaveExecuted: boolean;
    })
  | { readonly state: 'completed'; readonly fingerprint: string; readonly response: StoredResponse }
  /** The last attempt ended and may have had an effect. */
  | (BoundKey & { readonly state: 'unknown' })
  /** The leases of too many attempts expired. No other attempt may run, but the last owner may still finish. */
  | (BoundKey & { readonly state: 'quarantined'; readonly owner: string });

export interface Claim {
  readonly owner: string;
  readonly fingerprint: string;
}

export interface RecordSettings {
  /** Duration of a claim without a renewal, in milliseconds, 1 or more. @default 10,000 */
  readonly leaseMs: number;
  /** Takeovers after which a record is quarantined, 0 or more. @default 5 */
  readonly maxTakeovers: number;
  /** Time that a record is kept after its last write, in milliseconds, longer than a lease. @default 24 h */
  readonly keepMs: number;
}

export const RECORD_DEFAULTS: RecordSettings = { leaseMs: 10_000, maxTakeovers: 5, keepMs: 24 * 3_600_000 };

export type ClaimResult =
  | { readonly outcome: 'claimed' }
  /** This owner has made the claim before, and the reply was lost. */
  | { readonly outcome: 'already-owned' }
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'completed'; readonly response: StoredResponse }
  | { readonly outcome: 'busy'; readonly leftMs: number }
  | { readonly outcome: 'quarantined'; readonly newly: boolean };

export interface Step<R> {
  /** The same object if nothing changes. `undefined` if the record is deleted. */
  readonly record: IdempotencyRecord | undefined;
  readonly result: R;
}

/**
 * Decides whether an attempt may run: without a record, after an unknown outcome, or after the lease of another attempt.
 *
 * More than a lease is left if the clock of the store went back, for example in a failover. The lease restarts, so no request
 * waits for the difference of the clocks.
 *
 * Only the owner can `renew`, `complete`, `markUnknown` and `release`, also after its lease has expired. An owner that was
 * taken over cannot change the record.
 *
 * `redis-scripts.ts` has the same transitions in Lua. The conformance suite compares both.
 */
export function claim(
  record: IdempotencyRecord | undefined,
  { owner, fingerprint }: Claim,
  now: number,
  { leaseMs, maxTakeovers }: RecordSettings,
): Step<ClaimResult> {
  const claimed = (key: BoundKey, mayHaveExecuted: boolean): Step<ClaimResult> => ({
    record: { state: 'in-flight', ...toBoundKey(key), owner, leaseUntil: now + leaseMs, mayHaveExecuted },
    result: { outcome: 'claimed' },
  });
  if (!record) return claimed({ fingerprint, takeovers: 0 }, false);
  if (fingerprintsDiffer(record.fingerprint, fingerprint)) return { record, result: { outcome: 'mismatch' } };
  switch (record.state) {
    case 'completed':
      return { record, result: { outcome: 'completed', response: record.response } };
    case 'unknown':
      return claimed(record, true);
    case 'quarantined':
      return { record, result: { outcome: 'quarantined', newly: false } };
    case 'in-flight': {
      if (record.owner === owner) return { record, result: { outcome: 'already-owned' } };
      const leftMs = record.leaseUntil - now;
      if (leftMs > leaseMs) {
        const restarted = { ...record, leaseUntil: now + leaseMs };
        return { record: restarted, result: { outcome: 'busy', leftMs: leaseMs } };
      }
      if (leftMs > 0) return { record, result: { outcome: 'busy', leftMs } };
      if (record.takeovers < maxTakeovers)
        return claimed({ ...record, takeovers: record.takeovers + 1 }, true);
      return {
        record: { state: 'quarantined', ...toBoundKey(record), owner: record.owner },
        result: { outcome: 'quarantined', newly: true },
      };
    }
    default:
      return record satisfies never;
  }
}

/** Restarts the lease of its owner. */
export const renew = (
  record: IdempotencyRecord | undefined,
  owner: string,
  now: number,
  { leaseMs }: RecordSettings,
): Step<boolean> =>
  asOwner(record, owner, (key) => ({ state: 'in-flight', ...key, owner, leaseUntil: now + leaseMs }));

export const complete = (
  record: IdempotencyRecord | undefined,
  owner: string,
  response: StoredResponse,
): Step<boolean> =>
  asOwner(record, owner, ({ fingerprint }) => ({ state: 'completed', fingerprint, response }));

/** Ends an attempt that may have had an effect. The key stays bound to its request, and the next attempt may run. */
export const markUnknown = (record: IdempotencyRecord | undefined, owner: string): Step<boolean> =>
  asOwner(record, owner, (key) => ({ state: 'unknown', ...toBoundKey(key) }));

/** Ends an attempt without effect. The key is free again, unless an earlier attempt may have had an effect. */
export const release = (record: IdempotencyRecord | undefined, owner: string): Step<boolean> =>
  asOwner(record, owner, (key) =>
    key.mayHaveExecuted ? { state: 'unknown', ...toBoundKey(key) } : undefined,
  );

/** Why an owner does not own its record: another attempt took it over, or the store no longer has it. */
export type Loss = 'taken-over' | 'record-lost';

/**
 * Returns why an owner no longer owns its record. A record in its first attempt cannot come from a takeover, so the store has
 * lost the record before it: it was evicted, flushed, or lost in a failover.
 */
export const explainLoss = (record: IdempotencyRecord | undefined): Loss => {
  const isFirst = record?.state === 'in-flight' && record.takeovers === 0 && !record.mayHaveExecuted;
  return record === undefined || isFirst ? 'record-lost' : 'taken-over';
};

const toBoundKey = ({ fingerprint, takeovers }: BoundKey): BoundKey => ({ fingerprint, takeovers });

function asOwner(
  record: IdempotencyRecord | undefined,
  owner: string,
  next: (key: BoundKey & { readonly mayHaveExecuted: boolean }) => IdempotencyRecord | undefined,
): Step<boolean> {
  if (record?.state !== 'in-flight' && record?.state !== 'quarantined') return { record, result: false };
  if (record.owner !== owner) return { record, result: false };
  // A quarantined record was taken over before.
  const mayHaveExecuted = record.state === 'quarantined' || record.mayHaveExecuted;
  return { record: next({ ...toBoundKey(record), mayHaveExecuted }), result: true };
}
