import type { Clock } from '@film-store/core';
import type { Call, CallContext, Policy } from './call.ts';
import { Cancelled, isLocalRejection } from './errors.ts';
import type { LatencyWindow } from './latency-window.ts';
import type { RetryBudget } from './retry-budget.ts';

export const HEDGE_DEFAULTS = {
  /** Samples without which the 95th percentile is not used, and no call is hedged. */
  minSamples: 50,
  /** Shortest delay of a hedge, in milliseconds, from 0. A hedge costs the connection of the slower attempt. */
  floorMs: 10,
};
export type HedgeSettings = Readonly<typeof HEDGE_DEFAULTS>;

export interface HedgeDeps {
  readonly clock: Clock;
  /** Latencies of attempts. A hedge records those of attempts that it has overtaken. */
  readonly window: LatencyWindow;
  /** The budget of the retries to the same upstream. The retry policy deposits into it. */
  readonly budget: RetryBudget;
  /** Returns whether an idempotent call may run twice at the same time. Must not throw. */
  readonly mayHedge: (context: CallContext) => boolean;
}

/**
 * Starts a second attempt if the first one takes longer than the 95th percentile and the floor. The first response wins
 * and the other attempt is aborted (J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013: about 5 % more calls
 * for a much shorter tail).
 *
 * - Time in which the first attempt waits for a permit does not count: the upstream is not slow, and a second attempt
 *   would only wait behind the first.
 * - A call whose deadline would pass before a second attempt is likely to respond is not hedged.
 * - A first attempt that fails before the hedge is left to the retries.
 *
 * `policy` resolves with the first success. It rejects with the first error when all attempts have failed, local
 * rejections last, and with `Cancelled` as soon as the caller leaves.
 */
export function createHedge({ minSamples, floorMs }: HedgeSettings, deps: HedgeDeps) {
  const { clock, window, budget, mayHedge } = deps;
  /** Since the start: second attempts, those that responded first, and those that the budget did not allow. */
  const counts = { hedged: 0, won: 0, suppressed: 0 };

  function race<T>(next: Call<T>, context: CallContext, p95Ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = context;
      let sentAt = clock.now();
      const first = new AbortController();
      let second: AbortController | undefined;
      let pending = 1;
      let settled = false;
      let failed: { readonly error: unknown } | undefined;

      const settle = (): void => {
        settled = true;
        disarm();
        signal.removeEventListener('abort', cancel);
      };
      const cancel = (): void => {
        const error = new Cancelled('the caller left during the call', { cause: signal.reason });
        settle();
        first.abort(error);
        second?.abort(error);
        reject(error);
      };
      const fail = (error: unknown): void => {
        if (settled) return;
        pending -= 1;
        if (!failed || isLocalRejection(failed.error)) failed = { error };
        if (pending > 0) return;
        settle();
        reject(failed.error);
      };
      const hedge = (): void => {
        if (clock.now() + p95Ms > context.deadline) return;
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
      const winSecond = (value: T): void => {
        if (settled) return;
        counts.won += 1;
        // The first attempt takes at least this long. Without the sample, the window would hold fast attempts only, and
        // its percentiles would fall until every call is hedged.
        if (pending === 2) window.record(clock.now(), clock.now() - sentAt);
        win(value, first);
      };
      const win = (value: T, other: AbortController | undefined): void => {
        if (settled) return;
        settle();
        other?.abort(new Cancelled('the other attempt responded first'));
        resolve(value);
      };

      const arm = () => clock.after(Math.max(p95Ms, floorMs), hedge);
      const onWait = () => {
        disarm();
        return () => {
          if (settled) return;
          sentAt = clock.now();
          disarm = arm();
        };
      };

      let disarm = arm();
      const work = next({ ...context, signal: first.signal, onWait });
      signal.addEventListener('abort', cancel);
      work.then((value) => win(value, second), fail);
    });
  }

  const policy: Policy = (next) => (context) => {
    if (!context.idempotent || context.signal.aborted || !mayHedge(context)) return next(context);
    const now = clock.now();
    const { samples, p95Ms } = window.summary(now);
    if (samples < minSamples || now + Math.max(p95Ms, floorMs) + p95Ms > context.deadline)
      return next(context);
    return race(next, context, p95Ms);
  };
  return { policy, describe: () => ({ ...counts }) };
}
