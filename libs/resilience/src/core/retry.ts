import { CALL_FLOOR_MS, type Clock, pause, type Random } from '@film-store/core';
import type { Call, CallContext, Policy } from './call.ts';
import { Cancelled, DeadlineExceeded, isLocalRejection } from './errors.ts';
import type { RetryBudget } from './retry-budget.ts';

export const RETRY_DEFAULTS = {
  /** Upper bound of the delay before the first retry, in milliseconds. Above 0. */
  baseMs: 50,
  /** Upper bound of every delay, in milliseconds. */
  capMs: 1_000,
  /** Attempts of one call, including the first one. From 1. */
  attempts: 3,
  /** Least time that an attempt must have before the deadline, in milliseconds. */
  floorMs: CALL_FLOOR_MS as number,
  /** Longest wait before an attempt, even if the upstream requests a longer one, in milliseconds. Below 2^31. */
  maxWaitMs: 10_000,
};
export type RetrySettings = Readonly<typeof RETRY_DEFAULTS>;

export interface RetryClassification {
  /** Set if another attempt may succeed. */
  readonly retry: boolean;
  /** Set if the attempt was rejected before it had any effect. */
  readonly notExecuted?: boolean;
  /** Least time before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number;
}

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: RetryBudget;
  /** Classifies errors of the upstream and of the way to it. Must not throw. */
  readonly classifyRetry: (error: unknown) => RetryClassification;
  /** Returns whether the caller of this service retries too: the attempts of two layers multiply. Must not throw. */
  readonly callerRetries: (context: CallContext) => boolean;
}

/**
 * Retries an idempotent call if its error allows it, enough time is left and the budget has a balance. Deposits into
 * the budget for every call, so it is the outermost of the policies that share one.
 *
 * `policy` rejects with the error of the last attempt that may have had an effect, or, if there was none, with that of
 * the last attempt. It rejects with `Cancelled` if the caller leaves between two attempts.
 */
export function createRetry(settings: RetrySettings, deps: RetryDeps) {
  const { clock, budget } = deps;
  /** Since the start: retries that were sent, and failed attempts without a retry by reason. */
  const counts = { retried: 0, 'not-retryable': 0, 'attempts-used-up': 0, 'no-time': 0, 'budget-empty': 0 };

  /** Returns the wait before the next attempt in milliseconds, or why there is none. Withdraws from the budget last. */
  function decide({ retry, retryAfterMs = 0 }: RetryClassification, context: CallContext, made: number) {
    if (context.signal.aborted || !retry) return 'not-retryable';
    if (made >= settings.attempts) return 'attempts-used-up';
    // Retry-After is a minimum, so jitter only adds to it.
    const waitMs = retryAfterMs + backoffMs(made - 1, settings, deps.random);
    if (waitMs > settings.maxWaitMs || !isTimeLeft(context, waitMs)) return 'no-time';
    return budget.withdraw() ? waitMs : 'budget-empty';
  }

  /** A retry after a local rejection would only add load to a part that is full or fails. */
  function classify(error: unknown): RetryClassification {
    if (isLocalRejection(error)) return { retry: false, notExecuted: true };
    if (error instanceof Cancelled || error instanceof DeadlineExceeded) return { retry: false };
    return deps.classifyRetry(error);
  }

  const isTimeLeft = ({ deadline }: CallContext, waitMs: number): boolean =>
    clock.now() + waitMs + settings.floorMs <= deadline;

  async function retry<T>(next: Call<T>, context: CallContext, firstError: unknown): Promise<T> {
    const { signal } = context;
    let error = firstError;
    let reported: { readonly error: unknown; readonly notExecuted: boolean } | undefined;
    for (let made = 1; ; made++) {
      const classification = classify(error);
      const { notExecuted = false } = classification;
      // "Not executed" would be false after an attempt that may have had an effect.
      if (!reported || reported.notExecuted || !notExecuted) reported = { error, notExecuted };
      const decision = decide(classification, context, made);
      if (typeof decision === 'string') {
        counts[decision] += 1;
        throw reported.error;
      }
      await pause(clock, decision, signal).catch((reason: unknown) => {
        throw new Cancelled('the caller left while waiting for a retry', { cause: reason });
      });
      // In a busy process the pause may take longer.
      if (!isTimeLeft(context, 0)) {
        counts['no-time'] += 1;
        throw reported.error;
      }
      counts.retried += 1;
      const extraAttempt = { reason: 'retry', previousError: error, budgetLeft: budget.balance() } as const;
      try {
        return await next({ ...context, attempt: made + 1, extraAttempt });
      } catch (latest) {
        error = latest;
      }
    }
  }

  const policy: Policy = (next) => (context) => {
    budget.deposit();
    const first = next(context);
    if (!context.idempotent || deps.callerRetries(context)) return first;
    // The first attempt is outside the loop, because most calls have no other.
    const retryAfter = (error: unknown): ReturnType<typeof next> => retry(next, context, error);
    return first.catch(retryAfter);
  };
  return { policy, describe: () => ({ ...counts }) };
}

/**
 * Returns the delay before retry number `retry`, from 0, in milliseconds: "full jitter", `U(0, min(cap, base · 2^n))`.
 * Of the usual kinds of jitter it takes the fewest calls until all callers succeed
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export const backoffMs = (
  retry: number,
  { baseMs, capMs }: Pick<RetrySettings, 'baseMs' | 'capMs'>,
  random: Random,
): number => random() * Math.min(capMs, baseMs * 2 ** retry);
