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
  /** The limit at start; kept within `min` and `max`. */
  readonly initial: number;
  /** From 1. */
  readonly min: number;
  readonly max: number;
}

/** How much longer than uncontended work may take before the limit falls: half as long again. */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
/** Samples that make a recent RTT; fewer are noise. */
const WINDOW_SAMPLES = 10;
/** Without a measurement for this many uncontended RTTs, within these bounds in milliseconds, a probe is due. */
const PROBE_AFTER_RTTS = 200;
const PROBE_AFTER_MS = { min: 20_000, max: 120_000 };
/** A probe takes four rounds of what it admits at a time, and no more samples than this. */
const PROBE_ROUNDS = 4;
const PROBE_MAX_SAMPLES = 60;

/**
 * A limit that follows latency, after Netflix' `Gradient2Limit` (github.com/Netflix/concurrency-limits):
 *
 *     g      = clamp(1.5 · uncontendedRTT / recentRTT, 0.5, 1)
 *     limit' = limit · g + √limit, smoothed by 0.2, within min and max
 *
 * once per window of at least 10 samples and one uncontended RTT; recentRTT is the mean of the window. A server that
 * works on C requests at a time responds after S · limit / C when it is full, so the limit settles where L = 1.5 · C + √L: 16
 * for C = 8, with g at 0.75. Its regimes:
 *
 * - *idle*, less than half the limit in flight: latency says nothing about the limit, so it stays.
 * - *room*, g = 1: grows by 0.2 · √limit a window.
 * - *steady*, g between: the queue that √limit allows and the gradient balance.
 * - *collapse*, g = 0.5, three times C and more in flight: falls by a tenth a window.
 *
 * What differs is the uncontended RTT. Theirs averages all samples, so under steady overload it learns that queueing is
 * normal, and the limit climbs with it without end. A minimum is no better: it takes the fastest route, or the luckiest
 * window, for all, and the limit falls to its floor and starves a healthy server. Here it averages *uncontended*
 * samples, of work that began with next to nothing in flight: at most a quarter of the limit, and √limit.
 *
 * Light load brings uncontended samples by itself. Overload does not, so a *probe* admits no more than that for a
 * moment. A busy server probes:
 *
 * - at once while no sample is known,
 * - when the limit has halved since the last measurement: either the server can do less, or the work takes longer than
 *   the uncontended RTT says, and only a measurement tells which,
 * - 20 s after the last measurement, at the cost of about 1 % of throughput.
 *
 * Were even a probe more than C at once, the uncontended RTT would be too long by √limit / C, the limit would settle
 * lower for it, and the next probe would see less.
 *
 * What was cut short after t took t or more: it counts where t is beyond the tolerance, and says nothing where it is
 * not. Without it a limit far too high, all of whose requests miss their deadlines, would see no samples and stay.
 */
export function createGradientLimit({ initial, min, max }: GradientLimitSettings): ConcurrencyLimit {
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  let limit = clamp(initial);
  let recentMs: number | undefined;
  let window = { since: 0, samples: 0, sumMs: 0, inFlight: 0 };
  let uncontendedRtt = NO_ESTIMATE;
  /** Of the last measurement; absent before the first. */
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

  /** What a probe admitted may end after it. It still counts, or the measurement would miss the longest work. */
  function takeUncontended(now: number, rttMs: number): void {
    uncontendedRtt = addSample(uncontendedRtt, rttMs);
    measuredAt ??= now;
    if (probe) probe = probe.samplesLeft === 1 ? undefined : { ...probe, samplesLeft: probe.samplesLeft - 1 };
    else if (uncontendedRtt.measured.samples >= MAX_SAMPLES) measure(now);
  }

  function closeWindow(now: number): void {
    const busy = window.inFlight >= limit / 2;
    recentMs = window.sumMs / window.samples;
    window = { since: now, samples: 0, sumMs: 0, inFlight: 0 };
    if (!busy) return;
    const uncontendedMs = meanMs(uncontendedRtt);
    if (uncontendedMs !== undefined)
      limit = clamp(
        limit + SMOOTHING * (limit * gradient(uncontendedMs, recentMs) + Math.sqrt(limit) - limit),
      );
    highest = Math.max(highest, limit);
    if (limit <= highest / 2 || isOutdated(now, measuredAt, uncontendedMs)) startProbe(now, recentMs);
  }

  /** Allows twice the time in which what is in flight ends, and then the samples come, at the present pace. */
  function startProbe(now: number, rttMs: number): void {
    measure(now);
    const atATime = uncontendedLimit();
    const samplesLeft = Math.min(PROBE_MAX_SAMPLES, Math.max(MIN_SAMPLES, PROBE_ROUNDS * atATime));
    probe = { ends: now + 2 * rttMs * (1 + samplesLeft / atATime), samplesLeft };
  }

  return {
    current: (now) => (probing(now) ? uncontendedLimit() : Math.floor(limit)),
    sample(now, { rttMs, inFlight, outcome }: Sample) {
      if (!probing(now)) probe = undefined;
      if (outcome === 'cut-short' && rttMs < TOLERANCE * (meanMs(uncontendedRtt) ?? 0)) return;
      if (outcome === 'answered' && inFlight <= uncontendedLimit()) takeUncontended(now, rttMs);
      // What ends during a probe says nothing of the limit outside it.
      if (probe) return;
      window.samples += 1;
      window.sumMs += rttMs;
      window.inFlight = Math.max(window.inFlight, inFlight);
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
  // No time at all, on a coarse clock: no queueing.
  recentMs === 0 ? 1 : Math.min(1, Math.max(0.5, (TOLERANCE * uncontendedMs) / recentMs));

function isOutdated(now: number, measuredAt: number | undefined, uncontendedMs = 0): boolean {
  if (measuredAt === undefined) return true;
  const { min, max } = PROBE_AFTER_MS;
  return now - measuredAt >= Math.min(max, Math.max(min, PROBE_AFTER_RTTS * uncontendedMs));
}
