import { type LatencyWindow, type LatencyWindowSettings, LATENCY_WINDOW_DEFAULTS } from './latency-window.ts';

export interface AdaptiveTimeoutSettings extends LatencyWindowSettings {
  /** Used until the window holds `minSamples`, in milliseconds; from floor to ceiling. */
  readonly initialMs: number;
  /** Never less than this, in milliseconds: a pause of ours must not look like a slow upstream. */
  readonly floorMs: number;
  /** Never more than this, in milliseconds. */
  readonly ceilingMs: number;
  /** How much longer than its 99th percentile an attempt may take; above 1. */
  readonly tolerance: number;
  /** How many samples a 99th percentile is worth anything from. */
  readonly minSamples: number;
  /** How many attempts a verdict on the timeout takes; from 1. */
  readonly minAttempts: number;
  /** Above this share of attempts timing out, 0 to 1, the timeout is too short. */
  readonly raiseAbove: number;
  /** Below this share, 0 to 1, it need not stay raised. */
  readonly lowerBelow: number;
  /** By how much it is raised or lowered at once; above 1. */
  readonly step: number;
  /** After so many timeouts in a row an attempt is sent as a scout; from 1. */
  readonly scoutAfter: number;
}

export const ADAPTIVE_TIMEOUT_DEFAULTS: AdaptiveTimeoutSettings = {
  ...LATENCY_WINDOW_DEFAULTS,
  initialMs: 1_000,
  floorMs: 50,
  ceilingMs: 2_000,
  tolerance: 2,
  minSamples: 50,
  minAttempts: 20,
  raiseAbove: 0.01,
  lowerBelow: 0.005,
  step: 1.5,
  scoutAfter: 3,
};

/** How long an attempt may take, and what a timeout then says of the upstream. */
export interface TimeLimit {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** Whether the timeout is our estimate, which may be too short. */
  readonly estimated: boolean;
  /** An attempt that a deadline cuts shorter than this had too little time to judge the upstream by, in milliseconds. */
  readonly fairMs: number;
}

/** Time is an argument: `now` in milliseconds, never going back. */
export interface AdaptiveTimeout {
  /** Returns the limit of an attempt that starts `now`. */
  limit(now: number): TimeLimit;
  /** Returns the limit of a scout or a probe: the ceiling, so that it can measure what is slower than the estimate. */
  fullLimit(now: number): TimeLimit;
  /**
   * Returns whether an attempt that starts `now` and has `leftMs` until its deadline is to be the scout. There is one at
   * a time: `scoutEnded` must follow.
   */
  sendScout(now: number, leftMs: number): boolean;
  /** @param hung whether it had a fair time and no answer */
  scoutEnded(hung: boolean): void;
  /** How long an attempt that starts `now` may take, in milliseconds. */
  timeoutMs(now: number): number;
  /** An attempt was answered after `ms`. */
  answered(now: number, ms: number): void;
  /** An attempt had all of the time that `timeoutMs` gave it, and no answer. One cut short earlier does not count. */
  timedOut(now: number): void;
}

/**
 * `T = clamp(max(2 × p99, raised), floor, ceiling)`, the p99 that of the answers in the window.
 *
 * A timeout is a right-censored sample: all it says is that the true latency was T or more. The answers are thus the
 * survivors of T, and an upstream that became slower than T would for ever look as fast as before. Hence `raised`:
 * once per step of the window, the attempts of that step are judged. Above 1 % timeouts, T itself × 1.5 becomes the
 * least T may be; below 0.5 %, that goes down by the same step until p99 holds T by itself. Each verdict rests on
 * what has ended since the last one, so that no timeout counts twice; a step with too few attempts is prolonged, and
 * what has been learned is forgotten when even a whole window was too short.
 *
 * That is slow where every call became slower. After three timeouts in a row one attempt at a time is therefore a scout,
 * with as long as ceiling and deadline allow. Its answer raises T to twice the time that it took. If it hangs, T is
 * not to blame for the timeouts until there is an answer again.
 */
export function createAdaptiveTimeout(
  settings: AdaptiveTimeoutSettings,
  window: LatencyWindow,
): AdaptiveTimeout {
  const { windowMs, initialMs, floorMs, ceilingMs, tolerance, minSamples, minAttempts } = settings;
  const rotationMs = windowMs / settings.buckets;
  /** 0 where nothing is raised. */
  let raisedMs = 0;
  let evidence = { since: 0, attempts: 0, timeouts: 0 };
  let timeoutsInARow = 0;
  let scouting = false;
  /** Whether a scout hung, and there was no answer since. */
  let hanging = false;

  /** `undefined` while there are too few samples. */
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
    // An upstream that had its 99th percentile is late, but not by the measure of an estimate far below the initial one.
    const fairMs = Math.max(expected ?? 0, initialMs) / tolerance;
    return { timeoutMs, estimated: !configured && !hanging, fairMs };
  }

  function judge(now: number): void {
    const { since, attempts, timeouts } = evidence;
    if (now - since < rotationMs) return;
    if (attempts < minAttempts && now - since < windowMs) return;
    evidence = { since: now, attempts: 0, timeouts: 0 };
    raisedMs = attempts < minAttempts ? 0 : verdict(timeouts / attempts, now);
  }

  function verdict(share: number, now: number): number {
    if (share > settings.raiseAbove) return Math.min(current(now) * settings.step, ceilingMs);
    if (share >= settings.lowerBelow) return raisedMs;
    const lowered = raisedMs / settings.step;
    return lowered < floorMs ? 0 : lowered;
  }

  return {
    limit,
    fullLimit: (now) => ({ ...limit(now), timeoutMs: ceilingMs, estimated: false }),
    sendScout(now, leftMs) {
      if (scouting || timeoutsInARow < settings.scoutAfter) return false;
      const { timeoutMs, fairMs } = limit(now);
      scouting = timeoutMs < ceilingMs && leftMs > timeoutMs && leftMs >= fairMs;
      return scouting;
    },
    scoutEnded(hung) {
      scouting = false;
      hanging ||= hung;
    },
    timeoutMs: (now) => limit(now).timeoutMs,
    answered(now, ms) {
      judge(now);
      timeoutsInARow = 0;
      hanging = false;
      if (ms > current(now)) {
        raisedMs = Math.min(tolerance * ms, ceilingMs);
        evidence = { since: now, attempts: 0, timeouts: 0 };
      }
      window.record(now, ms);
      evidence.attempts += 1;
    },
    timedOut(now) {
      judge(now);
      timeoutsInARow += 1;
      evidence.attempts += 1;
      evidence.timeouts += 1;
    },
  };
}
