import type { AdaptiveTimeout, TimeLimit } from './adaptive-timeout.ts';
import type { Call, CallContext, Classify, Hurry, Policy } from './call.ts';
import type { Clock } from '@film-store/core';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

export interface AttemptTimeoutDeps {
  readonly clock: Clock;
  /** How long an attempt may take; told how long each took. */
  readonly timeout: AdaptiveTimeout;
  readonly classify: Classify;
  /**
   * Told of the work of an attempt that is given up, before the caller hears of that: aborted work may go on, and
   * what it takes of us is free only when `work` settles. Must not throw.
   */
  readonly trackZombie: (context: CallContext, work: Promise<unknown>) => void;
}

export interface AttemptTimeout {
  /**
   * Rejects with `AttemptTimedOut` when the attempt had its time and no answer, or when the upstream says that it ran
   * out of that time; with `DeadlineExceeded` when the deadline left it too little to judge the upstream by, or none
   * at all; with `Cancelled` when its signal ended; passes on all else as it is. What comes later is dropped.
   */
  readonly policy: Policy;
  describe(): { readonly timeoutMs: number };
}

/**
 * Gives each attempt a controller of its own and as long as its timeout and the deadline both allow. The timeout is
 * the adaptive one, unless the call brings its own: it is then no sample either. Answers and timeouts are samples: an
 * upstream that refuses at once is not a fast one.
 *
 * A timeout is the upstream's failure only where the configuration decided how long the attempt may take. Where our
 * own estimate did, or a caller with little time, the attempt is `hurried`: a breaker that counted those would open for
 * a step in latency, and then keep the estimate from learning.
 */
export function createAttemptTimeout({
  clock,
  timeout,
  classify,
  trackZombie,
}: AttemptTimeoutDeps): AttemptTimeout {
  /** A second attempt is no scout: the first one has used up a part of the time. */
  const isScout = ({ timeoutMs, probe = false, attempt, deadline }: CallContext, now: number): boolean =>
    timeoutMs === undefined && (probe || (attempt === 1 && timeout.sendScout(now, deadline - now)));
  const limitOf = ({ timeoutMs }: CallContext, scout: boolean, now: number): TimeLimit => {
    if (timeoutMs !== undefined) return { timeoutMs, estimated: false, fairMs: timeoutMs / 2 };
    return scout ? timeout.fullLimit(now) : timeout.limit(now);
  };

  const policy: Policy =
    <Answer>(next: Call<Answer>): Call<Answer> =>
    (context) =>
      // `Promise.withResolvers` takes twice the time.
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
        const scout = isScout(context, startedAt);
        const limit = limitOf(context, scout, startedAt);
        const timeoutMs = Math.min(limit.timeoutMs, context.deadline - startedAt);
        const cutShort = timeoutMs < limit.timeoutMs;
        const hurried = hurryOf(limit, timeoutMs);
        const controller = new AbortController();
        let open = true;

        const close = (hung = false): void => {
          open = false;
          if (scout) timeout.scoutEnded(hung && !hurried);
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
          if (classify(error) !== 'timeout') {
            close();
            reject(error);
            return;
          }
          // One that says so early ran into an estimate of its own, and may do better next time.
          close(clock.now() - startedAt >= timeoutMs / 2);
          timedOut();
          reject(new AttemptTimedOut(timeoutMs, { hurried, cause: error }));
        };
        // One that is cut short says nothing of the timeout that it did not have.
        const timedOut = (): void => {
          if (adaptive && !cutShort) timeout.timedOut(clock.now());
        };
        const giveUp = (error: Error, hung = false): void => {
          close(hung);
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
          timedOut();
          giveUp(
            hurried === 'caller'
              ? new DeadlineExceeded('the deadline passed during the attempt')
              : new AttemptTimedOut(timeoutMs, { hurried }),
            true,
          );
        };

        // Signals are chained by hand: `AbortSignal.any` took 11.8 µs a call.
        const inner = { ...context, signal: controller.signal, deadline: startedAt + timeoutMs };
        const work = next(hurried ? { ...inner, hurried } : inner);
        const disarm = clock.after(timeoutMs, expire);
        signal.addEventListener('abort', cancel);
        work.then(succeed, fail);
      });
  return { policy, describe: () => ({ timeoutMs: timeout.timeoutMs(clock.now()) }) };
}

function hurryOf({ timeoutMs, estimated, fairMs }: TimeLimit, givenMs: number): Hurry | undefined {
  if (givenMs < timeoutMs) return givenMs < fairMs ? 'caller' : undefined;
  return estimated ? 'estimate' : undefined;
}

const cancelled = (signal: AbortSignal) => new Cancelled('left during the attempt', { cause: signal.reason });
