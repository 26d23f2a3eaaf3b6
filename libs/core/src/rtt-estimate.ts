interface Mean {
  readonly samples: number;
  readonly ms: number;
}

/** The duration of work without contention: the knowledge from before the last measurement, and the measurement. */
export interface RttEstimate {
  readonly earlier: Mean;
  readonly measured: Mean;
}

/** Samples of a measurement that may replace the earlier mean; fewer are noise. */
export const MIN_SAMPLES = 10;
/** Samples after which a measurement is complete. */
export const MAX_SAMPLES = 100;
/** Highest weight of all earlier samples together. */
const MEMORY_SAMPLES = 30;
/** A measurement of so many times the earlier mean, or of that fraction, shows that the work itself has changed. */
const CHANGE = 2;

const NONE: Mean = { samples: 0, ms: 0 };
export const NO_ESTIMATE: RttEstimate = { earlier: NONE, measured: NONE };

export function addSample({ earlier, measured }: RttEstimate, rttMs: number): RttEstimate {
  const samples = measured.samples + 1;
  return { earlier, measured: { samples, ms: measured.ms + (rttMs - measured.ms) / samples } };
}

/** Starts a new measurement, and adds the last one to the earlier mean. */
export const startMeasurement = (estimate: RttEstimate): RttEstimate => ({
  earlier: combine(estimate),
  measured: NONE,
});

export function meanMs(estimate: RttEstimate): number | undefined {
  const { samples, ms } = combine(estimate);
  return samples === 0 ? undefined : ms;
}

/**
 * Averages the measurement and the earlier mean, by samples. A measurement that contradicts the earlier mean counts
 * alone, because after a change the earlier samples describe other work.
 */
function combine({ earlier, measured }: RttEstimate): Mean {
  const changed = measured.ms >= CHANGE * earlier.ms || measured.ms <= earlier.ms / CHANGE;
  if (measured.samples >= MIN_SAMPLES && changed) return measured;
  const known = Math.min(earlier.samples, MEMORY_SAMPLES);
  const samples = known + measured.samples;
  return samples === 0
    ? NONE
    : { samples, ms: (known * earlier.ms + measured.samples * measured.ms) / samples };
}
