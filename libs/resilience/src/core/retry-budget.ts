import type { Clock } from '@film-store/core';

/** Lower than the defaults of Finagle, 20 % and 10 per second. */
export const RETRY_BUDGET_DEFAULTS = {
  /** Extra attempts that each call allows, 0 to 1, in steps of 0.001. */
  ratio: 0.1,
  /** Extra attempts per second in addition, so that an upstream with few calls can be retried at all. */
  perSecond: 3,
  /** Time for which deposits and withdrawals count, in whole seconds. From 1. */
  ttlSeconds: 10,
};
export type RetryBudgetSettings = Readonly<typeof RETRY_BUDGET_DEFAULTS>;

/** Cost of an extra attempt, in tokens. Whole numbers, so that ten times a tenth is one. */
const ATTEMPT = 1_000;

export type RetryBudget = ReturnType<typeof createRetryBudget>;

/**
 * Limits the extra attempts to one upstream, whose retries and hedges share the budget. A leaky token bucket, after
 * `RetryBudget` and `LeakyTokenBucket` of Finagle: a constant reserve, plus deposits and minus withdrawals of the last
 * `ttlSeconds`.
 */
export function createRetryBudget(
  { ratio, perSecond, ttlSeconds }: RetryBudgetSettings,
  { clock }: { readonly clock: Clock },
) {
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
    /** Deposits for one call. To be called once per call, however many attempts it takes. */
    deposit(): void {
      tokens();
      add(depositTokens);
    },
    /** Withdraws one extra attempt. Returns `false`, and withdraws nothing, if the balance is too low. */
    withdraw(): boolean {
      if (tokens() < ATTEMPT) return false;
      add(-ATTEMPT);
      return true;
    },
    /** Returns the extra attempts that are allowed now. */
    balance: (): number => Math.max(0, Math.floor(tokens() / ATTEMPT)),
  };
}
