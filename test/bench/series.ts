import { percentile } from '../load/percentiles.ts';
import type { Plot } from './benchmark.ts';

type Points = Plot['series'][number]['points'];

const SECOND = 1000;

/** Counts the `times` in each whole second from `start` to `end`, all in milliseconds; x is in seconds from 0. */
export function perSecond(times: readonly number[], start: number, end: number): Points {
  const counts = Array.from({ length: Math.floor((end - start) / SECOND) }, () => 0);
  for (const time of times) {
    const second = Math.floor((time - start) / SECOND);
    if (counts[second] !== undefined) counts[second] += 1;
  }
  return counts.map((count, second) => [second, count]);
}

/** Returns the maximum number of the ascending `times`, in milliseconds, within any one second. */
export function peakPerSecond(times: readonly number[]): number {
  let peak = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= SECOND) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}

/**
 * Returns the start of the first whole second, at `from` at the earliest, in which at least `share` of the events, 0 to
 * 1, are good. Times are in milliseconds, the events in order.
 */
export function firstGoodSecond(
  events: readonly { readonly at: number; readonly good: boolean }[],
  from: number,
  share: number,
): number | undefined {
  const newest = events.at(-1)?.at ?? -Infinity;
  for (const { at: start } of events) {
    if (start < from) continue;
    if (start + SECOND > newest) break;
    const within = events.filter(({ at }) => at >= start && at < start + SECOND);
    if (within.filter(({ good }) => good).length >= share * within.length) return start;
  }
  return undefined;
}

const SHARES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1];

/** Returns the percentage of values up to each value. */
export function percentileCurve(values: readonly number[]): Points {
  const sorted = values.toSorted((a, b) => a - b);
  return SHARES.map((share) => [share * 100, percentile(sorted, share)]);
}
