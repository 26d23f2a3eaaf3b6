import { CALL_FLOOR_MS, type Clock, type Random } from '@film-store/core';
import { BACKOFF_DEFAULTS, type BackoffSettings, backoffMs } from './backoff.ts';
import type { Call, CallContext, Policy } from './call.ts';
import { Cancelled, DeadlineExceeded, isLocalRejection } from './errors.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface RetrySettings extends BackoffSettings {
  /** How often a call is made at most, the first time included; from 1. */
  readonly attempts: number;
  /** How much time an attempt must have left before the deadline to be worth making, in milliseconds. */
  readonly floorMs: number;
  /** Nobody is kept waiting for longer than this, whatever the upstream asks for, in milliseconds; below 2^31. */
  readonly longestWaitMs: number;
}

export const RETRY_DEFAULTS: RetrySettings = {
  ...BACKOFF_DEFAULTS,
  attempts: 3,
  floorMs: CALL_FLOOR_MS,
  longestWaitMs: 10_000,
};

/** Whether another attempt may succeed, and how long the upstream asked to be left alone, in milliseconds. */
export interface RetryVerdict {
  readonly retry: boolean;
  /** Whether the attempt was turned away before anything was done. */
  readonly refused?: boolean;
  readonly retryAfterMs?: number;
}

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: RetryBudget;
  /** Asked only of errors that came from the upstream or on the way to it. Must not throw. */
  readonly classifyRetry: (error: unknown) => RetryVerdict;
  /** Whether whoever calls us tries again itself: attempts of two layers multiply. Must not throw. */
  readonly retriesAbove: (context: CallContext) => boolean;
}

/** Why a failed attempt was the last. */
export type StopReason = 'not-retryable' | 'attempts-used-up' | 'no-time' | 'budget-empty';

export interface RetryDescription extends Readonly<Record<StopReason, number>> {
  /** How many extra attempts were made. */
  readonly retried: number;
}

export interface Retry {
  /**
   * Rejects with the error of the last attempt that may have done something, where there was none with that of the
   * last one, and with `Cancelled` when the caller leaves between two attempts.
   */
  readonly policy: Policy;
  /** Counts since the start. */
  describe(): RetryDescription;
}

type Decision =
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'stop'; readonly reason: StopReason };

/**
 * Tries an idempotent call again where its error says that this may help, there is time, and the budget pays. It
 * deposits into the budget for every call, so it is the outermost of those that share one.
 */
export function createRetry(settings: RetrySettings, deps: RetryDeps): Retry {
  const { clock, budget } = deps;
  const counts = { retried: 0, 'not-retryable': 0, 'attempts-used-up': 0, 'no-time': 0, 'budget-empty': 0 };

  /** Pays when it decides for a retry, and for nothing else. */
  function decide({ retry, retryAfterMs = 0 }: RetryVerdict, context: CallContext, made: number): Decision {
    if (context.signal.aborted || !retry) return stop('not-retryable');
    if (made >= settings.attempts) return stop('attempts-used-up');
    // Retry-After is a minimum; jitter is added to it, never taken off, or half the callers would come too early.
    const waitMs = retryAfterMs + backoffMs(made - 1, settings, deps.random);
    if (waitMs > settings.longestWaitMs || !isTimeLeft(context, waitMs)) return stop('no-time');
    if (!budget.withdraw()) return stop('budget-empty');
    return { kind: 'retry', waitMs };
  }

  /** What is not the upstream's error is no use to try again at once: it loads who is already full or failing. */
  function verdictOn(error: unknown): RetryVerdict {
    if (isLocalRejection(error)) return { retry: false, refused: true };
    if (error instanceof Cancelled || error instanceof DeadlineExceeded) return { retry: false };
    return deps.classifyRetry(error);
  }

  const isTimeLeft = ({ deadline }: CallContext, waitMs: number): boolean =>
    clock.now() + waitMs + settings.floorMs <= deadline;

  async function retry<T>(next: Call<T>, context: CallContext, firstError: unknown): Promise<T> {
    let error = firstError;
    let reported: { readonly error: unknown; readonly refused: boolean } | undefined;
    for (let made = 1; ; made++) {
      const verdict = verdictOn(error);
      // A refusal says that nothing was done, which after an attempt that may have done something is not so.
      const { refused = false } = verdict;
      if (!reported || reported.refused || !refused) reported = { error, refused };
      const decision = decide(verdict, context, made);
      if (decision.kind === 'stop') {
        counts[decision.reason] += 1;
        throw reported.error;
      }
      await wait(clock, decision.waitMs, context.signal);
      // A busy process wakes late.
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
    if (!context.idempotent || deps.retriesAbove(context)) return first;
    // No loop around the first attempt: most calls have no other.
    const retryAfter = (error: unknown): ReturnType<typeof next> => retry(next, context, error);
    return first.catch(retryAfter);
  };
  return { policy, describe: () => ({ ...counts }) };
}

const stop = (reason: StopReason): Decision => ({ kind: 'stop', reason });

/** Rejects with `Cancelled` as soon as `signal` ends. */
const wait = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      disarm();
      reject(new Cancelled('left while waiting to try again', { cause: signal.reason }));
    };
    const disarm = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
