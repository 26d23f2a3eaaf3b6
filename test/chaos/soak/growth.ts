/** A value of one process after a number of requests. */
export interface Point {
  readonly requests: number;
  readonly value: number;
}

/** The value after the first tenth, and at the end. */
export interface Growth {
  readonly baseline: number;
  readonly end: number;
}

/**
 * Samples to compare, by the fraction of all requests after which they were taken: three and three. Each is some
 * requests late, because of the requests in flight.
 */
const EARLY = { from: 0.04, to: 0.16 };
const LATE_FROM = 0.9;

/**
 * Compares the median of the samples near the end of the first tenth, when caches are full and code is compiled, with
 * the median of those of the last tenth. One outlier decides nothing. Returns `undefined` if either is empty.
 * @param total number of requests of a whole run
 */
export function measureGrowth(points: readonly Point[], total: number): Growth | undefined {
  const within = (from: number, to = Infinity): number[] =>
    points
      .filter(({ requests }) => requests / total >= from && requests / total <= to)
      .map(({ value }) => value);
  const early = within(EARLY.from, EARLY.to);
  const late = within(LATE_FROM);
  return early.length > 0 && late.length > 0 ? { baseline: median(early), end: median(late) } : undefined;
}

/** Returns the relative growth; negative if the value shrank. */
export const toRelativeGrowth = ({ baseline, end }: Growth): number => end / baseline - 1;

/** Returns the absolute difference. */
export const offBy = ({ baseline, end }: Growth): number => Math.abs(end - baseline);

/** Returns the median; NaN of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Number.NaN) + (sorted[high] ?? Number.NaN)) / 2;
}
