import type { Clock } from '@film-store/core';
import type { AdaptiveTimeout, TimeLimit } from './adaptive-timeout.ts';
import type { Call, CallContext, Classify, Policy, ShortenedBy } from './call.ts';
import type { recordLatency } from './bulkhead.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

export interface AttemptTimeoutDeps {
  readonly clock: Clock;
  readonly timeout: AdaptiveTimeout;
  readonly classify: Classify;
  /** Receives the work of an abandoned attempt before the caller gets the error. See `holdPermitUntil`. */
  readonly holdPermitUntil: (context: CallContext, work: Promise<unknown>) => void;
  /** Receives the duration of each response and of each attempt that ran out of time. See `recordLatency`. */
  readonly recordLatency?: typeof recordLatency;
}

/**
 * Ends each attempt at its timeout or at the deadline, whichever comes first. The timeout is the adaptive one, unless
 * the call has its own. Responses and timeouts are samples of the adaptive timeout. Errors are not: an upstream that
 * rejects at once is not a fast one.
 *
 * A timeout counts as a failure of the upstream only if the configuration set the time of the attempt. If the estimate
 * or a short deadline set it, the attempt is `shortenedBy` that. A breaker that counted these timeouts would open at a
 * step in latency, and then the estimate could not learn the new latency.
 *
 * `policy` rejects with one of these, and otherwise settles as the attempt does. It drops results that come later.
 *
 * - `AttemptTimedOut`: no response within the timeout, or the upstream reported a timeout.
 * - `DeadlineExceeded`: the deadline left no time, or too little to judge the upstream.
 * - `Cancelled`: the signal aborted.
 */
export function createAttemptTimeout(deps: AttemptTimeoutDeps) {
  const { clock, timeout, classify, holdPermitUntil, recordLatency } = deps;

  /** A second attempt never gets the full time: the first one has used a part of it. */
  const getsFullTime = (
    { timeoutMs, probe, measures, attempt, deadline }: CallContext,
    now: number,
  ): boolean =>
    timeoutMs === undefined &&
    (probe === true || (attempt === 1 && timeout.startFullTimeAttempt(now, deadline - now, measures)));

  const findLimit = ({ timeoutMs }: CallContext, fullTime: boolean, now: number): TimeLimit => {
    if (timeoutMs !== undefined) return { timeoutMs, estimated: false, conclusiveMs: timeoutMs / 2 };
    return fullTime ? timeout.fullTimeLimit(now) : timeout.limit(now);
  };

  const policy: Policy =
    <T>(next: Call<T>): Call<T> =>
    (context) =>
      // `Promise.withResolvers` takes twice the time.
      new Promise((resolve, reject) => {
        const { signal, deadline } = context;
        const startedAt = clock.now();
        if (signal.aborted) return reject(cancelled(signal));
        if (startedAt >= deadline)
          return reject(new DeadlineExceeded('the deadline passed before the attempt'));
        const adaptive = context.timeoutMs === undefined;
        const fullTime = getsFullTime(context, startedAt);
        const limit = findLimit(context, fullTime, startedAt);
        const timeoutMs = Math.min(limit.timeoutMs, deadline - startedAt);
        const shortenedBy = findShortage(limit, timeoutMs);
        const controller = new AbortController();
        let settled = false;

        /** Returns whether the attempt settles now, and not before. */
        const settle = (hung = false): boolean => {
          if (settled) return false;
          settled = true;
          if (fullTime) timeout.endFullTimeAttempt(hung && !shortenedBy);
          disarm();
          signal.removeEventListener('abort', cancel);
          return true;
        };
        const succeed = (value: T): void => {
          if (!settle()) return;
          const now = clock.now();
          if (adaptive) timeout.recordResponse(now, now - startedAt);
          recordLatency?.(context, 'completed', now - startedAt, now);
          resolve(value);
        };
        const fail = (error: unknown): void => {
          const isTimeout = classify(error) === 'timeout';
          // An upstream that reports a timeout early used an estimate of its own. Its next response may be in time.
          if (!settle(isTimeout && clock.now() - startedAt >= timeoutMs / 2)) return;
          if (isTimeout) recordTimeout();
          reject(isTimeout ? new AttemptTimedOut(timeoutMs, { shortenedBy, cause: error }) : error);
        };
        /** Records a timeout. It says nothing about the adaptive timeout if the deadline was shorter. */
        const recordTimeout = (): void => {
          const now = clock.now();
          if (adaptive && timeoutMs === limit.timeoutMs) timeout.recordTimeout(now);
          recordLatency?.(context, 'cut-short', now - startedAt, now);
        };
        const abandon = (error: Error, hung = false): void => {
          settle(hung);
          holdPermitUntil(context, work);
          controller.abort(error);
          reject(error);
        };
        const cancel = (): void => abandon(cancelled(signal));
        const expire = (): void => {
          if (signal.aborted) return cancel();
          recordTimeout();
          if (shortenedBy === 'deadline')
            return abandon(new DeadlineExceeded('the deadline passed during the attempt'), true);
          abandon(new AttemptTimedOut(timeoutMs, { shortenedBy }), true);
        };

        // Linked by a listener: `AbortSignal.any` took 11.8 µs per call.
        const inner = { ...context, signal: controller.signal, deadline: startedAt + timeoutMs };
        const work = next(shortenedBy ? { ...inner, shortenedBy } : inner);
        const disarm = clock.after(timeoutMs, expire);
        signal.addEventListener('abort', cancel);
        work.then(succeed, fail);
      });
  return { policy, describe: () => ({ timeoutMs: timeout.timeoutMs(clock.now()) }) };
}

function findShortage(limit: TimeLimit, givenMs: number): ShortenedBy | undefined {
  const { timeoutMs, estimated, conclusiveMs } = limit;
  if (givenMs < timeoutMs) return givenMs < conclusiveMs ? 'deadline' : undefined;
  return estimated ? 'estimate' : undefined;
}

const cancelled = (signal: AbortSignal) =>
  new Cancelled('the caller left during the attempt', { cause: signal.reason });
