import { type Histogram, build } from 'hdr-histogram-js';

export interface LatencyWindowSettings {
  /** How far back the window reaches, in milliseconds; above 0. */
  readonly windowMs: number;
  /** In how many steps old samples leave it; from 1. */
  readonly buckets: number;
}

export const LATENCY_WINDOW_DEFAULTS: LatencyWindowSettings = { windowMs: 30_000, buckets: 6 };

/** In milliseconds, each at most 1 % above the true one; 0 where there are no samples. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** How long the last calls took. `now` is in milliseconds from 0 and never goes back. */
export interface LatencyWindow {
  /** Adds what took `ms`, from 0, and ended `now`. Longer than a minute counts as a minute. */
  record(now: number, ms: number): void;
  /** What is known `now`, of at least 99 % of the samples: see `REFRESH_SHARE`. */
  summary(now: number): LatencySummary;
}

/**
 * Finding percentiles takes some 5 µs, so a summary stands until this share of its samples is new or one bucket has
 * left: about a hundred findings per window, however many calls there are. Below a hundred samples it is exact.
 */
const REFRESH_SHARE = 0.01;

const MICROSECONDS = 1_000;
const LONGEST_US = 60_000_000;
const EMPTY: LatencySummary = { samples: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };

/** 10 KiB each. */
const histogram = (): Histogram =>
  build({
    useWebAssembly: false,
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 2,
  });

/**
 * A ring of HDR histograms, one per step of time, and their sum kept up to date: a sample goes into two of them, and
 * a step that has left the window is taken off the sum. A step is known by its number since the clock's origin, so
 * that after a time without samples all that is too old goes at once, and not one step.
 */
export function createLatencyWindow({ windowMs, buckets }: LatencyWindowSettings): LatencyWindow {
  const bucketMs = windowMs / buckets;
  const ring = Array.from({ length: buckets }, histogram);
  const sum = histogram();
  let current = -1;
  let unread = 0;
  let known = EMPTY;

  const bucket = (step: number): Histogram => ring[step % buckets] as Histogram;

  function advance(now: number): void {
    const step = Math.floor(now / bucketMs);
    if (step <= current) return;
    for (let expired = Math.max(current, step - buckets) + 1; expired <= step; expired++) {
      sum.subtract(bucket(expired));
      bucket(expired).reset();
    }
    current = step;
    unread = Infinity;
  }

  return {
    record(now, ms) {
      advance(now);
      const us = Math.min(Math.round(ms * MICROSECONDS), LONGEST_US);
      bucket(current).recordValue(us);
      sum.recordValue(us);
      unread += 1;
    },
    summary(now) {
      advance(now);
      if (unread > known.samples * REFRESH_SHARE) {
        unread = 0;
        known = {
          samples: sum.totalCount,
          p50Ms: sum.getValueAtPercentile(50) / MICROSECONDS,
          p95Ms: sum.getValueAtPercentile(95) / MICROSECONDS,
          p99Ms: sum.getValueAtPercentile(99) / MICROSECONDS,
        };
      }
      return known;
    },
  };
}
