import type { ConcurrencyLimit, Sample } from './concurrency-limit.ts';

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
/** Samples that make a short RTT; fewer are noise. */
const WINDOW_SAMPLES = 10;
/** The long RTT averages about the last so many quiet samples; of fewer, all. */
const QUIET_SAMPLES = 50;
/** Without quiet samples for this many long RTTs, within these bounds in milliseconds, a probe is due. */
const PROBE_AFTER_RTTS = 200;
const PROBE_AFTER_MS = { min: 20_000, max: 120_000 };
/** A probe ends with this many quiet samples, or after so many long RTTs. */
const PROBE_SAMPLES = 20;
const PROBE_RTTS = 16;

/**
 * A limit that follows latency, after Netflix' `Gradient2Limit` (github.com/Netflix/concurrency-limits):
 *
 *     g      = clamp(1.5 · longRTT / shortRTT, 0.5, 1)
 *     limit' = limit · g + √limit, smoothed by 0.2, within min and max
 *
 * once per window of at least 10 samples and one long RTT; shortRTT is the mean of the window. A server that works on
 * C requests at a time answers after S · limit / C when it is full, so the limit settles where L = 1.5 · C + √L: 16
 * for C = 8, with g at 0.75. Its regimes:
 *
 * - *idle*, less than half the limit in flight: latency says nothing about the limit, so it stays.
 * - *room*, g = 1: grows by 0.2 · √limit a window.
 * - *steady*, g between: the queue that √limit allows and the gradient balance.
 * - *collapse*, g = 0.5, three times C and more in flight: falls by a tenth a window.
 *
 * What differs is the long RTT. Theirs averages all samples, so under steady overload it learns that queueing is
 * normal, and the limit climbs with it without end. A minimum is no better: it takes the fastest route, or the luckiest
 * window, for all, and the limit falls to its floor and starves a healthy server. Here it averages the *quiet*
 * samples, of work that began with next to nothing in flight: at most a quarter of the limit, and √limit. Light load
 * brings them by itself. Where overload brings none for 20 s, a *probe* admits no more than that until there are 20,
 * at the cost of about 1 % of throughput. Were even that more than C at once, the long RTT would be too long by
 * √limit / C, the limit would settle lower for it, and the next probe would see less.
 *
 * What was cut short after t took t or more: it counts where t is beyond the tolerance, and says nothing where it is
 * not. Without it a limit far too high, all of whose requests miss their deadlines, would see no samples and stay.
 */
export function createGradientLimit({ initial, min, max }: GradientLimitSettings): ConcurrencyLimit {
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  let limit = clamp(initial);
  let shortMs: number | undefined;
  let window = { since: 0, samples: 0, sumMs: 0, inFlight: 0 };
  let quiet: { readonly samples: number; readonly meanMs: number; readonly at: number } | undefined;
  let probe: { readonly ends: number; readonly samples: number } | undefined;

  const quietLimit = (): number => Math.max(1, Math.floor(Math.min(limit / 4, Math.sqrt(limit))));

  function takeQuiet(now: number, rttMs: number): void {
    const { samples, meanMs } = quiet ?? { samples: 0, meanMs: 0 };
    const weight = 1 / Math.min(samples + 1, QUIET_SAMPLES);
    quiet = { samples: samples + 1, meanMs: meanMs + weight * (rttMs - meanMs), at: now };
    if (probe) probe = probe.samples === 1 ? undefined : { ...probe, samples: probe.samples - 1 };
  }

  function closeWindow(now: number): void {
    const busy = window.inFlight >= limit / 2;
    shortMs = window.sumMs / window.samples;
    window = { since: now, samples: 0, sumMs: 0, inFlight: 0 };
    if (!busy || !quiet) return;
    limit = clamp(limit + SMOOTHING * (limit * gradient(quiet.meanMs, shortMs) + Math.sqrt(limit) - limit));
    const { min: soonest, max: latest } = PROBE_AFTER_MS;
    const dueAfterMs = Math.min(latest, Math.max(soonest, PROBE_AFTER_RTTS * quiet.meanMs));
    if (now - quiet.at >= dueAfterMs) {
      quiet = { ...quiet, at: now };
      probe = { ends: now + PROBE_RTTS * quiet.meanMs, samples: PROBE_SAMPLES };
    }
  }

  const probing = (now: number): boolean => probe !== undefined && now < probe.ends;

  return {
    current: (now) => (probing(now) ? quietLimit() : Math.floor(limit)),
    sample(now, { rttMs, inFlight, outcome }: Sample) {
      if (!probing(now)) probe = undefined;
      if (outcome === 'cut-short' && rttMs < TOLERANCE * (quiet?.meanMs ?? 0)) return;
      if (outcome === 'answered' && inFlight <= quietLimit()) takeQuiet(now, rttMs);
      // What ends during a probe says nothing of the limit outside it.
      if (probe) return;
      window.samples += 1;
      window.sumMs += rttMs;
      window.inFlight = Math.max(window.inFlight, inFlight);
      if (window.samples >= WINDOW_SAMPLES && now - window.since >= (quiet?.meanMs ?? 0)) closeWindow(now);
    },
    describe: (now) => ({
      limit: Math.floor(limit),
      ...(quiet && { longRttMs: quiet.meanMs }),
      ...(shortMs !== undefined && { shortRttMs: shortMs }),
      probing: probing(now),
    }),
  };
}

const gradient = (longMs: number, shortMs: number): number =>
  // No time at all, on a coarse clock: no queueing.
  shortMs === 0 ? 1 : Math.min(1, Math.max(0.5, (TOLERANCE * longMs) / shortMs));
