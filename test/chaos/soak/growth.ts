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

const TENTH = 0.1;
/** How far from the end of the first tenth a sample may be, as a share of all requests. */
const AROUND = 0.05;
/** Requests are counted one by one, shares of them are not. */
const ROUNDING = 1e-9;

/**
 * Compares the median of the samples around the end of the first tenth, when caches are full and code is compiled, with
 * the median of those of the last tenth: one sample that is out of line decides nothing. `undefined` where there is
 * none of either.
 * @param total how many requests there are in a whole run
 */
export function growthOf(points: readonly Point[], total: number): Growth | undefined {
  const within = (from: number, to: number): number[] =>
    points
      .filter(({ requests }) => requests / total >= from - ROUNDING && requests / total <= to + ROUNDING)
      .map(({ value }) => value);
  const early = within(TENTH - AROUND, TENTH + AROUND);
  const late = within(1 - TENTH, Infinity);
  return early.length > 0 && late.length > 0 ? { baseline: median(early), end: median(late) } : undefined;
}

/** By what share it grew; negative where it shrank. */
export const shareOf = ({ baseline, end }: Growth): number => end / baseline - 1;

/** By how many it is off, up or down. */
export const offBy = ({ baseline, end }: Growth): number => Math.abs(end - baseline);

/** The mean of the two in the middle where their number is even; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Number.NaN) + (sorted[high] ?? Number.NaN)) / 2;
}
