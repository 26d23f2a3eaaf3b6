import type { Clock } from '@film-store/core';

export interface RetryBudgetSettings {
  /** How many extra attempts each request allows, 0 to 1, to the thousandth. */
  readonly ratio: number;
  /** How many a second are allowed besides, so that an upstream with few requests can be retried at all. */
  readonly perSecond: number;
  /** How long what was earned or spent counts, in whole seconds; from 1. */
  readonly ttlSeconds: number;
}

/** Twitter runs at 20 % and 10 a second by default; we are more careful. */
export const RETRY_BUDGET_DEFAULTS: RetryBudgetSettings = { ratio: 0.1, perSecond: 3, ttlSeconds: 10 };

/** What an extra attempt costs, in tokens: whole numbers, so that ten times a tenth is one. */
const ATTEMPT = 1_000;

/** How many extra attempts one upstream may be asked for; its retries and hedges share one. */
export interface RetryBudget {
  /** Earns for one request. Once per request, however many attempts it takes. */
  deposit(): void;
  /** Pays for one extra attempt; `false` where the balance does not reach, and nothing is paid. */
  withdraw(): boolean;
  /** How many extra attempts could be paid for now. */
  balance(): number;
}

/**
 * A leaky token bucket after Finagle's `RetryBudget` and its `LeakyTokenBucket`: a constant reserve, plus what was
 * earned less what was spent within the time to live, kept by the second and expired by age.
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

  /** What there is now, once what is too old has been taken off. */
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
