import { type LatencyWindow, LATENCY_WINDOW_DEFAULTS } from './latency-window.ts';

export const ADAPTIVE_TIMEOUT_DEFAULTS = {
  ...LATENCY_WINDOW_DEFAULTS,
  /** Timeout until the window has `minSamples`, in milliseconds. From `floorMs` to `ceilingMs`. */
  initialMs: 1_000,
  /** Shortest timeout, in milliseconds: a pause of this process must not look like a slow upstream. */
  floorMs: 50,
  /** Longest timeout, in milliseconds. */
  ceilingMs: 2_000,
  /** Ratio of the timeout to the 99th percentile. Above 1. */
  tolerance: 2,
  /** Samples without which the 99th percentile is not used. */
  minSamples: 50,
  /** Attempts after which the fraction of timeouts is judged. From 1. */
  minAttempts: 20,
  /** Fraction of timeouts above which the timeout is raised, 0 to 1. */
  raiseAbove: 0.01,
  /** Fraction of timeouts below which a raised timeout is lowered, 0 to 1. */
  lowerBelow: 0.005,
  /** Factor by which the timeout is raised or lowered. Above 1. */
  step: 1.5,
  /** Consecutive timeouts after which one attempt at a time gets the full time. From 1. */
  fullTimeAfterTimeouts: 3,
};
export type AdaptiveTimeoutSettings = Readonly<typeof ADAPTIVE_TIMEOUT_DEFAULTS>;

export interface TimeLimit {
  readonly timeoutMs: number;
  /** `true` if the timeout is an estimate, which may be too short. */
  readonly estimated: boolean;
  /** Least time that an attempt needs to show anything about the upstream, in milliseconds. */
  readonly conclusiveMs: number;
}

export type AdaptiveTimeout = ReturnType<typeof createAdaptiveTimeout>;

/**
 * `T = clamp(max(2 × p99, raised), floor, ceiling)` with the 99th percentile of the responses in the window.
 *
 * A timeout shows only that the true latency is T or more. Responses that take longer than T are missing in the window,
 * so the percentile alone would never follow an upstream that becomes slower. Therefore the attempts of each step of
 * the window are judged. If more than 1 % time out, `raised` becomes 1.5 × T. If fewer than 0.5 % do, it falls by the
 * same factor until the percentile alone holds T. Each judgment uses the attempts since the last one only, so that no
 * timeout counts twice. A step with too few attempts lasts longer; after a whole window with too few, `raised` is
 * reset.
 *
 * That is slow if every call becomes slower. So after three consecutive timeouts one attempt at a time gets the full
 * time. Its response raises T to twice its latency. If it hangs, T is not the cause of the timeouts: they count as
 * failures until there is a response again.
 *
 * `now` is in milliseconds and never goes back.
 */
export function createAdaptiveTimeout(settings: AdaptiveTimeoutSettings, window: LatencyWindow) {
  const { windowMs, initialMs, floorMs, ceilingMs, tolerance, minSamples, minAttempts } = settings;
  const stepMs = windowMs / settings.buckets;
  let raisedMs = 0;
  let judged = { since: 0, attempts: 0, timeouts: 0 };
  let consecutiveTimeouts = 0;
  let fullTimeInFlight = false;
  let hanging = false;

  function expectedMs(now: number): number | undefined {
    const { samples, p99Ms } = window.summary(now);
    return samples < minSamples ? undefined : tolerance * p99Ms;
  }

  const clamp = (ms: number): number => Math.min(Math.max(ms, raisedMs, floorMs), ceilingMs);
  const current = (now: number): number => clamp(expectedMs(now) ?? initialMs);

  function limit(now: number): TimeLimit {
    judge(now);
    const expected = expectedMs(now);
    const timeoutMs = clamp(expected ?? initialMs);
    const configured = timeoutMs === ceilingMs || (expected === undefined && raisedMs === 0);
    // An attempt that had the 99th percentile is conclusive, but an estimate far below the initial timeout is not.
    const conclusiveMs = Math.max(expected ?? 0, initialMs) / tolerance;
    return { timeoutMs, estimated: !configured && !hanging, conclusiveMs };
  }

  function judge(now: number): void {
    const { since, attempts, timeouts } = judged;
    if (now - since < stepMs || (attempts < minAttempts && now - since < windowMs)) return;
    judged = { since: now, attempts: 0, timeouts: 0 };
    raisedMs = attempts < minAttempts ? 0 : adjustRaised(timeouts / attempts, now);
  }

  function adjustRaised(timeoutFraction: number, now: number): number {
    if (timeoutFraction > settings.raiseAbove) return Math.min(current(now) * settings.step, ceilingMs);
    if (timeoutFraction >= settings.lowerBelow) return raisedMs;
    const lowered = raisedMs / settings.step;
    return lowered < floorMs ? 0 : lowered;
  }

  return {
    limit,
    /** Returns the ceiling as limit, for an attempt that measures an upstream which is slower than the estimate. */
    fullTimeLimit: (now: number): TimeLimit => ({ ...limit(now), timeoutMs: ceilingMs, estimated: false }),
    /**
     * Returns whether an attempt that has `leftMs` until its deadline gets the full time. If so, call
     * `endFullTimeAttempt` when it has settled; no other attempt gets the full time before that.
     *
     * @param silent whether the upstream is known to be silent, before its first timeouts
     */
    startFullTimeAttempt(now: number, leftMs: number, silent = false): boolean {
      if (fullTimeInFlight || (!silent && consecutiveTimeouts < settings.fullTimeAfterTimeouts)) return false;
      const { timeoutMs, conclusiveMs } = limit(now);
      fullTimeInFlight = timeoutMs < ceilingMs && leftMs > timeoutMs && leftMs >= conclusiveMs;
      return fullTimeInFlight;
    },
    /** @param hung whether the attempt had enough time and got no response */
    endFullTimeAttempt(hung: boolean): void {
      fullTimeInFlight = false;
      hanging ||= hung;
    },
    /** Returns whether an attempt with the full time is in flight. */
    isMeasuring: (): boolean => fullTimeInFlight,
    timeoutMs: (now: number): number => limit(now).timeoutMs,
    recordResponse(now: number, ms: number): void {
      judge(now);
      consecutiveTimeouts = 0;
      hanging = false;
      if (ms > current(now)) {
        raisedMs = Math.min(tolerance * ms, ceilingMs);
        judged = { since: now, attempts: 0, timeouts: 0 };
      }
      window.record(now, ms);
      judged.attempts += 1;
    },
    /** Records an attempt that had all of the time that `limit` gave it. */
    recordTimeout(now: number): void {
      judge(now);
      consecutiveTimeouts += 1;
      judged.attempts += 1;
      judged.timeouts += 1;
    },
  };
}
