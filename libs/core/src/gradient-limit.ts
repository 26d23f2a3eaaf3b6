import type { ConcurrencyLimit, Sample } from './concurrency-limit.ts';
import {
  MAX_SAMPLES,
  MIN_SAMPLES,
  NO_ESTIMATE,
  addSample,
  meanMs,
  startMeasurement,
} from './rtt-estimate.ts';

export interface GradientLimitSettings {
  /** The limit at the start, which is kept within `min` and `max`. */
  readonly initial: number;
  /** From 1. */
  readonly min: number;
  readonly max: number;
}

/** Ratio of recent to uncontended RTT above which the limit falls. */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
/** Samples that make a recent RTT; fewer are noise. */
const WINDOW_SAMPLES = 10;
/** A probe is due this many uncontended RTTs after the last measurement, within the bounds in milliseconds. */
const PROBE_AFTER_RTTS = 200;
const PROBE_AFTER_MS = { min: 20_000, max: 120_000 };
/** A probe takes this many times the requests that it admits at a time, and at most the samples below. */
const PROBE_ROUNDS = 4;
const PROBE_MAX_SAMPLES = 60;

/**
 * A limit that follows latency, after Netflix' `Gradient2Limit` (github.com/Netflix/concurrency-limits):
 *
 *     g      = clamp(1.5 · uncontendedRTT / recentRTT, 0.5, 1)
 *     limit' = limit · g + √limit, smoothed by 0.2, within min and max
 *
 * The limit changes once per window of at least 10 samples and one uncontended RTT. recentRTT is the mean of the
 * window. A full server that works on C requests at a time responds after S · limit / C. So the limit settles at L =
 * 1.5 · C + √L: 16 for C = 8, with g = 0.75. Less than half the limit in flight shows nothing about it, so it stays.
 *
 * The uncontended RTT differs from Netflix'. Theirs averages all samples, so under steady overload it includes the time
 * in queues, and the limit grows without end. A minimum would take the fastest route for all routes, and the limit
 * would fall to its minimum. Here the RTT averages *uncontended* samples: work that started with few requests in
 * flight, at most a quarter of the limit and √limit.
 *
 * Light load yields uncontended samples. Overload does not, so a *probe* admits no more requests than that for a
 * moment. A busy server probes:
 *
 * - at once while it has no sample,
 * - when the limit has halved since the last measurement: either the capacity is lower or the work takes longer, and
 *   only a measurement distinguishes them,
 * - 20 s after the last measurement, at the cost of about 1 % of throughput.
 *
 * If even a probe exceeds C, the uncontended RTT is too long by √limit / C. Then the limit settles lower, and the next
 * probe admits less.
 *
 * Work that was cut short after t would have taken t or more. It counts if t exceeds the tolerance. Otherwise a limit
 * that is far too high, at which all requests miss their deadlines, would get no samples and stay. A window in which at
 * least half of the work was cut short moves the limit without smoothing: those requests are lost already.
 */
export function createGradientLimit({ initial, min, max }: GradientLimitSettings): ConcurrencyLimit {
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  let limit = clamp(initial);
  let recentMs: number | undefined;
  let window = { since: 0, samples: 0, sumMs: 0, cutShort: 0, busy: false };
  let uncontendedRtt = NO_ESTIMATE;
  /** Time of the last measurement; absent before the first one. */
  let measuredAt: number | undefined;
  /** The highest limit since the last measurement. */
  let highest = limit;
  let probe: { readonly ends: number; readonly samplesLeft: number } | undefined;

  const uncontendedLimit = (): number => Math.max(1, Math.floor(Math.min(limit / 4, Math.sqrt(limit))));
  const probing = (now: number): boolean => probe !== undefined && now < probe.ends;

  function measure(now: number): void {
    uncontendedRtt = startMeasurement(uncontendedRtt);
    measuredAt = now;
    highest = limit;
  }

  /** Work that a probe admitted counts even if it ends later, or the measurement would miss the longest work. */
  function addUncontended(now: number, rttMs: number): void {
    uncontendedRtt = addSample(uncontendedRtt, rttMs);
    measuredAt ??= now;
    if (probe) probe = probe.samplesLeft === 1 ? undefined : { ...probe, samplesLeft: probe.samplesLeft - 1 };
    else if (uncontendedRtt.measured.samples >= MAX_SAMPLES) measure(now);
  }

  function closeWindow(now: number): void {
    const { busy } = window;
    const weight = window.cutShort >= window.samples / 2 ? 1 : SMOOTHING;
    recentMs = window.sumMs / window.samples;
    window = { since: now, samples: 0, sumMs: 0, cutShort: 0, busy: false };
    if (!busy) return;
    const uncontendedMs = meanMs(uncontendedRtt);
    if (uncontendedMs !== undefined)
      limit = clamp(limit + weight * (limit * gradient(uncontendedMs, recentMs) + Math.sqrt(limit) - limit));
    highest = Math.max(highest, limit);
    if (limit <= highest / 2 || isOutdated(now, measuredAt, uncontendedMs)) startProbe(now, recentMs);
  }

  /** Allows twice the time that the requests in flight and the samples take at the current latency. */
  function startProbe(now: number, rttMs: number): void {
    measure(now);
    const concurrency = uncontendedLimit();
    const samplesLeft = Math.min(PROBE_MAX_SAMPLES, Math.max(MIN_SAMPLES, PROBE_ROUNDS * concurrency));
    probe = { ends: now + 2 * rttMs * (1 + samplesLeft / concurrency), samplesLeft };
  }

  return {
    current: (now) => (probing(now) ? uncontendedLimit() : Math.floor(limit)),
    steady: () => Math.floor(limit),
    sample(now, { rttMs, inFlight, outcome, exhausted = inFlight >= limit / 2 }: Sample) {
      if (!probing(now)) probe = undefined;
      if (outcome === 'cut-short' && rttMs < TOLERANCE * (meanMs(uncontendedRtt) ?? 0)) return;
      if (outcome === 'completed' && inFlight <= uncontendedLimit()) addUncontended(now, rttMs);
      // Latency during a probe shows nothing about the limit outside it.
      if (probe) return;
      window.samples += 1;
      window.sumMs += rttMs;
      if (outcome === 'cut-short') window.cutShort += 1;
      window.busy ||= exhausted;
      if (window.samples >= WINDOW_SAMPLES && now - window.since >= (meanMs(uncontendedRtt) ?? 0))
        closeWindow(now);
    },
    describe(now) {
      const uncontendedRttMs = meanMs(uncontendedRtt);
      return {
        limit: Math.floor(limit),
        ...(uncontendedRttMs !== undefined && { uncontendedRttMs }),
        ...(recentMs !== undefined && { recentRttMs: recentMs }),
        probing: probing(now),
      };
    },
  };
}

const gradient = (uncontendedMs: number, recentMs: number): number =>
  // On a coarse clock the work may take no time: it did not queue.
  recentMs === 0 ? 1 : Math.min(1, Math.max(0.5, (TOLERANCE * uncontendedMs) / recentMs));

function isOutdated(now: number, measuredAt: number | undefined, uncontendedMs = 0): boolean {
  if (measuredAt === undefined) return true;
  const { min, max } = PROBE_AFTER_MS;
  return now - measuredAt >= Math.min(max, Math.max(min, PROBE_AFTER_RTTS * uncontendedMs));
}
