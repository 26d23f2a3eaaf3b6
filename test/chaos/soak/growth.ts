/** A value of one process after so many requests. */
export interface Point {
  readonly requests: number;
  readonly value: number;
}

/** Where a run was a tenth through, and where it ended. */
export interface Growth {
  readonly baseline: number;
  readonly end: number;
}

/**
 * Which samples are compared, by the share of all requests after which they were taken: of one after each twentieth,
 * three and three. Each is some requests late, for those that were under way.
 */
const EARLY = { from: 0.04, to: 0.16 };
const LATE_FROM = 0.9;

/**
 * Compares the median of the samples around the end of the first tenth, when caches are full and code is compiled, with
 * the median of those of the last tenth: one sample that is out of line decides nothing. `undefined` where there is
 * none of either.
 * @param total how many requests there are in a whole run
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

/** By what share it grew; negative where it shrank. */
export const toRelativeGrowth = ({ baseline, end }: Growth): number => end / baseline - 1;

/** By how many it is off, up or down. */
export const offBy = ({ baseline, end }: Growth): number => Math.abs(end - baseline);

/** The mean of the two in the middle where their number is even; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Number.NaN) + (sorted[high] ?? Number.NaN)) / 2;
}
