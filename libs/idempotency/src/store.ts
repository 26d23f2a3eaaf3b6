import type { KeptAnswer } from './answer.ts';
import type { Claim, ClaimResult } from './record.ts';

/**
 * Keeps a record per id and makes the transitions of `record.ts` on it, one at a time. It must take time from one
 * clock for all who share it, never from the caller. A request waits for each: it must settle in bounded time, by
 * itself. A rejection means that nobody knows whether the transition was made. The last four resolve with whether they
 * were the owner's to make.
 */
export interface IdempotencyStore {
  /** How long a claim lasts without renewal, in milliseconds. */
  readonly leaseMs: number;
  claim(id: string, claim: Claim): Promise<ClaimResult>;
  renew(id: string, owner: string): Promise<boolean>;
  complete(id: string, owner: string, answer: KeptAnswer): Promise<boolean>;
  markUnknown(id: string, owner: string): Promise<boolean>;
  release(id: string, owner: string): Promise<boolean>;
}
