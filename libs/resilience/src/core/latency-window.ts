import type { Histogram } from 'hdr-histogram-js';
// The index would load a codec, a compressor and WebAssembly too.
import { constructorFromBucketSize } from 'hdr-histogram-js/dist/JsHistogramFactory.js';

export const LATENCY_WINDOW_DEFAULTS = {
  /** Length of the window, in milliseconds. Above 0. */
  windowMs: 30_000,
  /** Steps in which the window moves. From 1. */
  buckets: 6,
};
export type LatencyWindowSettings = Readonly<typeof LATENCY_WINDOW_DEFAULTS>;

/** In milliseconds, each at most 1 % above the true value; 0 without samples. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * Fraction of new samples at which a summary is made again; so is one when a bucket leaves the window. Percentiles take
 * about 5 µs, which makes about a hundred summaries per window at any rate of calls. Below a hundred samples it is
 * exact.
 */
const REFRESH_FRACTION = 0.01;

const MICROSECONDS = 1_000;
const LONGEST_US = 60_000_000;
const EMPTY: LatencySummary = { samples: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };

const Int32Histogram = constructorFromBucketSize(32);

/** Takes 10 KiB. The numbers are the least value, the greatest value and the significant digits. */
const createHistogram = (): Histogram => new Int32Histogram(1, LONGEST_US, 2);

export type LatencyWindow = ReturnType<typeof createLatencyWindow>;

/**
 * Keeps a ring of HDR histograms, one per step, and their sum. A sample goes into two histograms, and a step that
 * leaves the window is subtracted from the sum. Steps are numbered from the origin of the clock, so that after a time
 * without samples all old steps leave at once. `now` is in milliseconds from 0 and never goes back.
 */
export function createLatencyWindow({ windowMs, buckets }: LatencyWindowSettings) {
  const bucketMs = windowMs / buckets;
  const ring = Array.from({ length: buckets }, createHistogram);
  const sum = createHistogram();
  let current = -1;
  let unread = 0;
  let known = EMPTY;

  const findBucket = (step: number): Histogram => ring[step % buckets] as Histogram;

  function advance(now: number): void {
    const step = Math.floor(now / bucketMs);
    if (step <= current) return;
    for (let expired = Math.max(current, step - buckets) + 1; expired <= step; expired++) {
      sum.subtract(findBucket(expired));
      findBucket(expired).reset();
    }
    current = step;
    unread = Infinity;
  }

  return {
    /** Adds the latency of a call that ended `now`, in milliseconds. Longer than a minute counts as a minute. */
    record(now: number, ms: number): void {
      advance(now);
      const us = Math.min(Math.round(ms * MICROSECONDS), LONGEST_US);
      findBucket(current).recordValue(us);
      sum.recordValue(us);
      unread += 1;
    },
    /** Summarizes at least 99 % of the samples: see `REFRESH_FRACTION`. */
    summary(now: number): LatencySummary {
      advance(now);
      if (unread > known.samples * REFRESH_FRACTION) {
        unread = 0;
        const percentileMs = (percent: number) => sum.getValueAtPercentile(percent) / MICROSECONDS;
        known = {
          samples: sum.totalCount,
          p50Ms: percentileMs(50),
          p95Ms: percentileMs(95),
          p99Ms: percentileMs(99),
        };
      }
      return known;
    },
  };
}
