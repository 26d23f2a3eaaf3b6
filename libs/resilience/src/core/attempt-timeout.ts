import type { AdaptiveTimeout } from './adaptive-timeout.ts';
import type { Call, CallContext, Policy } from './call.ts';
import type { Clock } from './clock.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

export interface AttemptTimeoutDeps {
  readonly clock: Clock;
  /** How long an attempt may take; told how long each took. */
  readonly timeout: AdaptiveTimeout;
  /**
   * Told of the work of an attempt that is given up, before the caller hears of that: aborted work may go on, and
   * what it takes of us is free only when `work` settles. Must not throw.
   */
  readonly trackZombie: (context: CallContext, work: Promise<unknown>) => void;
}

export interface AttemptTimeout {
  /**
   * Rejects with `AttemptTimedOut` when the attempt had its time and no answer, with `DeadlineExceeded` when the
   * deadline left it too little to judge the upstream by, or none at all, with `Cancelled` when its signal ended;
   * passes on all else as it is. What comes later is dropped.
   */
  readonly policy: Policy;
  describe(): { readonly timeoutMs: number };
}

/**
 * Gives each attempt a controller of its own and as long as its timeout and the deadline both allow. The timeout is
 * the adaptive one, unless the call brings its own: it is then no sample either. Only answers are samples: an
 * upstream that refuses at once is not a fast one.
 */
export function createAttemptTimeout({ clock, timeout, trackZombie }: AttemptTimeoutDeps): AttemptTimeout {
  const policy: Policy =
    <Answer>(next: Call<Answer>): Call<Answer> =>
    (context) =>
      new Promise((resolve, reject) => {
        const { signal } = context;
        const startedAt = clock.now();
        if (signal.aborted) {
          reject(cancelled(signal));
          return;
        }
        if (startedAt >= context.deadline) {
          reject(new DeadlineExceeded('the deadline passed before the attempt'));
          return;
        }
        const adaptive = context.timeoutMs === undefined;
        const allowedMs = context.timeoutMs ?? timeout.timeoutMs(startedAt);
        const timeoutMs = Math.min(allowedMs, context.deadline - startedAt);
        const controller = new AbortController();
        let open = true;

        const close = (): void => {
          open = false;
          disarm();
          signal.removeEventListener('abort', cancel);
        };
        const succeed = (answer: Answer): void => {
          if (!open) return;
          close();
          if (adaptive) {
            const now = clock.now();
            timeout.answered(now, now - startedAt);
          }
          resolve(answer);
        };
        const fail = (error: unknown): void => {
          if (!open) return;
          close();
          reject(error);
        };
        const giveUp = (error: Error): void => {
          close();
          trackZombie(context, work);
          controller.abort(error);
          reject(error);
        };
        const cancel = (): void => giveUp(cancelled(signal));
        const expire = (): void => {
          if (signal.aborted) {
            cancel();
            return;
          }
          if (adaptive && timeoutMs === allowedMs) timeout.timedOut(clock.now());
          // Half of the timeout is the 99th percentile: an upstream that had that long is late. With less it was the
          // caller who came too late, which must not open the breaker of a healthy upstream.
          giveUp(
            timeoutMs >= allowedMs / 2
              ? new AttemptTimedOut(timeoutMs)
              : new DeadlineExceeded('the deadline passed during the attempt'),
          );
        };

        // Signals are chained by hand: `AbortSignal.any` took 11.8 µs a call.
        const work = next({ ...context, signal: controller.signal, deadline: startedAt + timeoutMs });
        const disarm = clock.after(timeoutMs, expire);
        signal.addEventListener('abort', cancel);
        work.then(succeed, fail);
      });
  return { policy, describe: () => ({ timeoutMs: timeout.timeoutMs(clock.now()) }) };
}

const cancelled = (signal: AbortSignal) => new Cancelled('left during the attempt', { cause: signal.reason });
