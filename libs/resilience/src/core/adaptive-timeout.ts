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
  /** After so many timeouts in a row the timeout is raised at once; from 1. */
  readonly escalateAfter: number;
  /** The factor of such a raise; above 1. */
  readonly escalation: number;
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
  escalateAfter: 3,
  escalation: 2,
};

/** How long an attempt may take, and what a timeout then says of the upstream. */
export interface TimeLimit {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** Whether the timeout is our estimate, which may be too short; `false` where the configuration decides. */
  readonly estimated: boolean;
  /** An attempt that a deadline cuts shorter than this had too little time to judge the upstream by, in milliseconds. */
  readonly fairMs: number;
}

/** Time is an argument: `now` in milliseconds, never going back. */
export interface AdaptiveTimeout {
  /** Returns the limit of an attempt that starts `now`. */
  limit(now: number): TimeLimit;
  /** Returns the limit of a probe: the ceiling, so that an upstream slower than the estimate can be measured. */
  probeLimit(now: number): TimeLimit;
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
 * survivors of T, and an upstream that became slower than T would for ever look as fast as before. Hence `raised`, the
 * least that T may be, which rises in two ways:
 *
 * - Three timeouts in a row double T at once: the upstream has become slower as a whole. Attempts that started with the
 *   old T do not count towards the next raise, so T doubles no more than once in its own length.
 * - Once per step of the window, the attempts of that step are judged: above 1 % timeouts T rises × 1.5, below 0.5 %
 *   `raised` goes down by the same factor until p99 holds T by itself.
 *
 * No timeout counts twice; a step with too few attempts is prolonged, and what has been learned is forgotten when even
 * a whole window was too short.
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
  /** Timeouts in a row of attempts that ended at `from` or later. */
  let row = { from: 0, timeouts: 0 };

  /** Twice the 99th percentile; `undefined` while there are too few samples. */
  function expectedMs(now: number): number | undefined {
    const { samples, p99Ms } = window.summary(now);
    return samples < minSamples ? undefined : tolerance * p99Ms;
  }

  const clamp = (expected: number): number => Math.min(Math.max(expected, raisedMs, floorMs), ceilingMs);
  const current = (now: number): number => clamp(expectedMs(now) ?? initialMs);

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

  function escalate(now: number): void {
    const tooShortMs = current(now);
    raisedMs = Math.min(tooShortMs * settings.escalation, ceilingMs);
    evidence = { since: now, attempts: 0, timeouts: 0 };
    row = { from: now + tooShortMs, timeouts: 0 };
  }

  function limit(now: number): TimeLimit {
    judge(now);
    const expected = expectedMs(now);
    const timeoutMs = clamp(expected ?? initialMs);
    const configured = timeoutMs === ceilingMs || (expected === undefined && raisedMs === 0);
    // An upstream that had its 99th percentile is late, but not by the measure of an estimate far below the initial one.
    const fairMs = Math.max(expected ?? 0, initialMs) / tolerance;
    return { timeoutMs, estimated: !configured, fairMs };
  }

  return {
    limit,
    probeLimit: (now) => ({ ...limit(now), timeoutMs: ceilingMs, estimated: false }),
    timeoutMs: (now) => limit(now).timeoutMs,
    answered(now, ms) {
      judge(now);
      window.record(now, ms);
      evidence.attempts += 1;
      row.timeouts = 0;
    },
    timedOut(now) {
      judge(now);
      evidence.attempts += 1;
      evidence.timeouts += 1;
      if (now < row.from) return;
      row.timeouts += 1;
      if (row.timeouts >= settings.escalateAfter) escalate(now);
    },
  };
}
