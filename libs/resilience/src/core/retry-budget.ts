import type { Clock } from '@film-store/core';

export interface RetryBudgetSettings {
  /** Extra attempts that each call allows, 0 to 1, in steps of 0.001. */
  readonly ratio: number;
  /** Extra attempts per second that are allowed in addition, so that an upstream with few calls can be retried at all. */
  readonly perSecond: number;
  /** Time for which deposits and withdrawals count, in whole seconds. From 1. */
  readonly ttlSeconds: number;
}

/** Lower than the defaults of Finagle, 20 % and 10 per second. */
export const RETRY_BUDGET_DEFAULTS: RetryBudgetSettings = { ratio: 0.1, perSecond: 3, ttlSeconds: 10 };

/** Cost of an extra attempt, in tokens. Whole numbers, so that ten times a tenth is one. */
const ATTEMPT = 1_000;

/** Limits the extra attempts to one upstream. Its retries and hedges share one budget. */
export interface RetryBudget {
  /** Deposits for one call. To be called once per call, however many attempts it takes. */
  deposit(): void;
  /** Withdraws one extra attempt. Returns `false`, and withdraws nothing, if the balance is too low. */
  withdraw(): boolean;
  /** Returns the extra attempts that are allowed now. */
  balance(): number;
}

/**
 * Creates a leaky token bucket, after `RetryBudget` and `LeakyTokenBucket` of Finagle: a constant reserve, plus deposits
 * and minus withdrawals of the last `ttlSeconds`.
 */
export function createRetryBudget(
  { ratio, perSecond, ttlSeconds }: RetryBudgetSettings,
  { clock }: { readonly clock: Clock },
): RetryBudget {
  const depositTokens = Math.round(ratio * ATTEMPT);
  const reserve = perSecond * ttlSeconds * ATTEMPT;
  const seconds = new Float64Array(ttlSeconds);
  let current = -1;
  let sum = 0;

  function add(tokens: number): void {
    const index = current % ttlSeconds;
    seconds[index] = (seconds[index] as number) + tokens;
    sum += tokens;
  }

  /** Removes what has expired, and returns the tokens that are left. */
  function tokens(): number {
    const second = Math.floor(clock.now() / 1_000);
    for (let expired = Math.max(current, second - ttlSeconds) + 1; expired <= second; expired++) {
      sum -= seconds[expired % ttlSeconds] as number;
      seconds[expired % ttlSeconds] = 0;
    }
    current = second;
    return reserve + sum;
  }

  return {
    deposit() {
      tokens();
      add(depositTokens);
    },
    withdraw() {
      if (tokens() < ATTEMPT) return false;
      add(-ATTEMPT);
      return true;
    },
    balance: () => Math.max(0, Math.floor(tokens() / ATTEMPT)),
  };
}
