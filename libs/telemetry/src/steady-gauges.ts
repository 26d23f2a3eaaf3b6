import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';

/*
 * The SDK compares the wall-clock times of two values of a gauge and keeps the one with the later time. After the wall
 * clock is set back by an hour, cumulative gauges do not change for an hour, and others are wrong once.
 */

/** Returns the temporality of an instrument: only gauges that are not cumulative forget earlier values. */
export const steadyTemporality = (
  type: InstrumentType,
  others: AggregationTemporality,
): AggregationTemporality =>
  type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : others;

/** Notices when the wall clock is set back. All readers share one, because the SDK keeps one last value for all. */
export class WallClockWatch {
  #latest = -Infinity;

  /** @param now milliseconds since 1970 */
  wentBack(now: number): boolean {
    const back = now < this.#latest;
    this.#latest = now;
    return back;
  }
}

const watch = new WallClockWatch();

/** Collects, and once more after the wall clock was set back: only the second result has the gauges' current values. */
export async function collectSteadily<T>(collect: () => Promise<T>): Promise<T> {
  if (watch.wentBack(Date.now())) await collect();
  return collect();
}
