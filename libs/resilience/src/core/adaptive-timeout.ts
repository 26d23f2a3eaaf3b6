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
};

/** Time is an argument: `now` in milliseconds, never going back. */
export interface AdaptiveTimeout {
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

  function current(now: number): number {
    const { samples, p99Ms } = window.summary(now);
    const expected = samples < minSamples ? initialMs : tolerance * p99Ms;
    return Math.min(Math.max(expected, raisedMs, floorMs), ceilingMs);
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
    timeoutMs(now) {
      judge(now);
      return current(now);
    },
    answered(now, ms) {
      judge(now);
      window.record(now, ms);
      evidence.attempts += 1;
    },
    timedOut(now) {
      judge(now);
      evidence.attempts += 1;
      evidence.timeouts += 1;
    },
  };
}
