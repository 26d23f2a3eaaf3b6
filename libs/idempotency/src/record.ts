import type { KeptAnswer } from './answer.ts';
import { fingerprintsDiffer } from './fingerprint.ts';

/** What is remembered under one key. No record: the key was never used, or nothing came of it. */
export type IdempotencyRecord = InFlight | Completed | UnknownOutcome | Parked;

interface Known {
  readonly fingerprint: string;
  /** How often an attempt was taken over whose owner had fallen silent. */
  readonly takeovers: number;
}

/** An attempt is under way, or its owner died. */
export interface InFlight extends Known {
  readonly state: 'in-flight';
  /** Random per HTTP attempt. */
  readonly owner: string;
  /** From when on others may take over, in milliseconds on the store's clock. */
  readonly leaseUntil: number;
  /** Whether an earlier attempt may have taken effect. */
  readonly inDoubt: boolean;
}

export interface Completed {
  readonly state: 'completed';
  readonly fingerprint: string;
  readonly answer: KeptAnswer;
}

/** An attempt ended without knowing whether it took effect. */
export interface UnknownOutcome extends Known {
  readonly state: 'unknown';
}

/** Every attempt fell silent. Nobody may try again, but the last owner may still turn up. */
export interface Parked extends Known {
  readonly state: 'parked';
  readonly owner: string;
}

export interface Claim {
  readonly owner: string;
  readonly fingerprint: string;
}

export interface RecordSettings {
  /** How long an owner that falls silent keeps its claim, in milliseconds, 1 or more. @default 10,000 */
  readonly leaseMs: number;
  /** After this many takeovers, 0 or more, a record is parked. @default 5 */
  readonly maxTakeovers: number;
  /** How long a record is kept after it was last written, in milliseconds, more than a lease. @default 24 h */
  readonly keepMs: number;
}

export const RECORD_DEFAULTS: RecordSettings = { leaseMs: 10_000, maxTakeovers: 5, keepMs: 24 * 3_600_000 };

export type ClaimResult =
  | { readonly outcome: 'claimed' }
  /** The same owner had claimed it: the reply to its claim was lost. */
  | { readonly outcome: 'mine' }
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'completed'; readonly answer: KeptAnswer }
  | { readonly outcome: 'busy'; readonly leftMs: number }
  | { readonly outcome: 'parked'; readonly newly: boolean };

export interface Step<R> {
  /** The very same object where nothing changes; `undefined`: there is no record any more. */
  readonly record: IdempotencyRecord | undefined;
  readonly result: R;
}

/**
 * CLAIM decides who may run. The first row that fits:
 *
 * | record                                     | result                                         |
 * | ------------------------------------------ | ---------------------------------------------- |
 * | none                                       | claimed                                        |
 * | fingerprint differs                        | mismatch                                       |
 * | completed                                  | completed, with the answer to replay           |
 * | in flight, the same owner                  | mine                                           |
 * | in flight, lease still runs                | busy, with the milliseconds that are left      |
 * | in flight, more than a lease is left       | busy, and the lease starts anew                |
 * | unknown outcome                            | claimed, in doubt                              |
 * | in flight, lease over, takeovers < maximum | claimed, in doubt, one takeover more           |
 * | in flight, lease over                      | parked                                         |
 * | parked                                     | parked                                         |
 *
 * More than a lease is left where the store's clock went back, as it can in a failover: without the new lease, the
 * request of an owner that died would be refused for as long as the clocks differ.
 *
 * RENEW, COMPLETE, UNKNOWN and RELEASE are the owner's alone; whoever was taken over is refused. An owner that was
 * late but is still the owner is heard: it knows what nobody else can know.
 *
 * `redis-scripts.ts` says the same in Lua. The contract suite holds both to this.
 */
export function claim(
  record: IdempotencyRecord | undefined,
  { owner, fingerprint }: Claim,
  now: number,
  { leaseMs, maxTakeovers }: RecordSettings,
): Step<ClaimResult> {
  const claimed = (known: Known, inDoubt: boolean): Step<ClaimResult> => ({
    record: {
      state: 'in-flight',
      fingerprint: known.fingerprint,
      takeovers: known.takeovers,
      owner,
      leaseUntil: now + leaseMs,
      inDoubt,
    },
    result: { outcome: 'claimed' },
  });
  if (!record) return claimed({ fingerprint, takeovers: 0 }, false);
  if (fingerprintsDiffer(record.fingerprint, fingerprint)) return { record, result: { outcome: 'mismatch' } };
  switch (record.state) {
    case 'completed':
      return { record, result: { outcome: 'completed', answer: record.answer } };
    case 'unknown':
      return claimed(record, true);
    case 'parked':
      return { record, result: { outcome: 'parked', newly: false } };
    case 'in-flight': {
      if (record.owner === owner) return { record, result: { outcome: 'mine' } };
      const leftMs = record.leaseUntil - now;
      if (leftMs > leaseMs)
        return {
          record: { ...record, leaseUntil: now + leaseMs },
          result: { outcome: 'busy', leftMs: leaseMs },
        };
      if (leftMs > 0) return { record, result: { outcome: 'busy', leftMs } };
      const { takeovers } = record;
      if (takeovers < maxTakeovers) return claimed({ ...record, takeovers: takeovers + 1 }, true);
      return {
        record: { state: 'parked', fingerprint: record.fingerprint, takeovers, owner: record.owner },
        result: { outcome: 'parked', newly: true },
      };
    }
    default:
      return record satisfies never;
  }
}

/** RENEW: the owner lives, its lease starts anew. */
export const renew = (
  record: IdempotencyRecord | undefined,
  owner: string,
  now: number,
  { leaseMs }: RecordSettings,
): Step<boolean> =>
  asOwner(record, owner, ({ fingerprint, takeovers, inDoubt }) => ({
    state: 'in-flight',
    fingerprint,
    takeovers,
    owner,
    leaseUntil: now + leaseMs,
    inDoubt,
  }));

/** COMPLETE: this is the answer, now and for every replay. */
export const complete = (
  record: IdempotencyRecord | undefined,
  owner: string,
  answer: KeptAnswer,
): Step<boolean> =>
  asOwner(record, owner, ({ fingerprint }) => ({ state: 'completed', fingerprint, answer }));

/** UNKNOWN: the attempt ended and may have taken effect. The key stays bound to its request; the next may try. */
export const markUnknown = (record: IdempotencyRecord | undefined, owner: string): Step<boolean> =>
  asOwner(record, owner, toUnknown);

/** RELEASE: the attempt ended without effect. The key is free again, unless an earlier attempt may have had one. */
export const release = (record: IdempotencyRecord | undefined, owner: string): Step<boolean> =>
  asOwner(record, owner, (held) => (held.inDoubt ? toUnknown(held) : undefined));

interface Held extends Known {
  readonly inDoubt: boolean;
}

const toUnknown = ({ fingerprint, takeovers }: Held): UnknownOutcome => ({
  state: 'unknown',
  fingerprint,
  takeovers,
});

function asOwner(
  record: IdempotencyRecord | undefined,
  owner: string,
  next: (held: Held) => IdempotencyRecord | undefined,
): Step<boolean> {
  const held = record?.state === 'in-flight' || record?.state === 'parked' ? record : undefined;
  if (held?.owner !== owner) return { record, result: false };
  // Whoever is parked was taken over before.
  return { record: next({ ...held, inDoubt: held.state === 'parked' || held.inDoubt }), result: true };
}
