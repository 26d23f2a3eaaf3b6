import type { Call, CallContext, Policy } from './call.ts';
import type { Clock } from '@film-store/core';
import { Cancelled, isLocalRejection } from './errors.ts';
import type { LatencyWindow } from './latency-window.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface HedgeSettings {
  /** How many samples the window's 95th percentile is worth anything from. */
  readonly minSamples: number;
  /**
   * No hedge is due before this, in milliseconds; from 0. The loser's connection is lost, which costs both ends more
   * than an answer that is a few milliseconds late.
   */
  readonly floorMs: number;
}

export const HEDGE_DEFAULTS: HedgeSettings = { minSamples: 50, floorMs: 10 };

export interface HedgeDeps {
  readonly clock: Clock;
  /** How long attempts take. It is told of the slow ones that a hedge cut short. */
  readonly window: LatencyWindow;
  /** Shared with the retries of the same upstream, which deposit into it. */
  readonly budget: RetryBudget;
  /** Whether this idempotent call is a read that may be made twice at the same time. Must not throw. */
  readonly when: (context: CallContext) => boolean;
}

export interface HedgeDescription {
  /** How many second attempts were made. */
  readonly hedged: number;
  /** How many of them answered first. */
  readonly won: number;
  /** How many the budget did not pay for. */
  readonly suppressed: number;
}

export interface Hedge {
  /**
   * Answers with the first attempt that succeeds. Rejects with the first error when all attempts made have failed,
   * our own refusals last, and with `Cancelled` as soon as the caller leaves.
   */
  readonly policy: Policy;
  /** Counts since the start. */
  describe(): HedgeDescription;
}

/**
 * Makes a second attempt when the first has taken longer than 95 % of them do, and the floor, and takes the answer
 * that comes first; the other is aborted (J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013: some 5 % more calls
 * for a much shorter tail). Time in which the first attempt waits for a permit does not count: the upstream is not
 * slow, and a second attempt would only wait behind the first. Not for calls whose deadline would pass before a second
 * attempt is likely to answer. A first attempt that fails before its hedge was due is not hedged: that is for the
 * retries to decide.
 */
export function createHedge({ minSamples, floorMs }: HedgeSettings, deps: HedgeDeps): Hedge {
  const { clock, window, budget, when } = deps;
  const counts = { hedged: 0, won: 0, suppressed: 0 };

  function race<T>(next: Call<T>, context: CallContext, p95Ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = context;
      let sentAt = clock.now();
      const first = new AbortController();
      let second: AbortController | undefined;
      let pending = 1;
      let open = true;
      let failed: { readonly error: unknown } | undefined;

      const close = (): void => {
        open = false;
        disarm();
        signal.removeEventListener('abort', cancel);
      };
      const cancel = (): void => {
        const error = new Cancelled('left during the call', { cause: signal.reason });
        close();
        first.abort(error);
        second?.abort(error);
        reject(error);
      };
      const fail = (error: unknown): void => {
        if (!open) return;
        pending -= 1;
        if (!failed || isLocalRejection(failed.error)) failed = { error };
        if (pending > 0) return;
        close();
        reject(failed.error);
      };
      const hedge = (): void => {
        const now = clock.now();
        if (now + p95Ms > context.deadline) return;
        if (!budget.withdraw()) {
          counts.suppressed += 1;
          return;
        }
        counts.hedged += 1;
        pending += 1;
        second = new AbortController();
        const extraAttempt = { reason: 'hedge', budgetLeft: budget.balance() } as const;
        next({ ...context, signal: second.signal, attempt: context.attempt + 1, extraAttempt }).then(
          winSecond,
          fail,
        );
      };
      const winSecond = (answer: T): void => {
        if (!open) return;
        counts.won += 1;
        if (pending === 2) recordOvertaken(sentAt);
        close();
        first.abort(overtaken());
        resolve(answer);
      };
      const winFirst = (answer: T): void => {
        if (!open) return;
        close();
        second?.abort(overtaken());
        resolve(answer);
      };

      const arm = () => clock.after(Math.max(p95Ms, floorMs), hedge);
      const onWait = () => {
        disarm();
        return () => {
          if (!open) return;
          sentAt = clock.now();
          disarm = arm();
        };
      };

      let disarm = arm();
      const work = next({ ...context, signal: first.signal, onWait });
      signal.addEventListener('abort', cancel);
      work.then(winFirst, fail);
    });
  }

  /**
   * The first attempt would have taken at least this long. Without that sample the window would see only attempts
   * that were not overtaken, and its percentiles would sink until everything is hedged.
   */
  function recordOvertaken(sentAt: number): void {
    const now = clock.now();
    window.record(now, now - sentAt);
  }

  const policy: Policy = (next) => (context) => {
    if (!context.idempotent || context.signal.aborted || !when(context)) return next(context);
    const now = clock.now();
    const { samples, p95Ms } = window.summary(now);
    if (samples < minSamples || now + Math.max(p95Ms, floorMs) + p95Ms > context.deadline)
      return next(context);
    return race(next, context, p95Ms);
  };
  return { policy, describe: () => ({ ...counts }) };
}

const overtaken = () => new Cancelled('the other attempt answered first');
