import { median } from '../median.ts';
import type { Cell, Metric } from './cell.ts';
import { type DefenseName, defenses, isRepeat, pairs } from './defenses.ts';

/** Smallest differences that count, also if repeats agree: about three pages, one order, a second. */
const FLOORS: Readonly<Record<Metric, number>> = {
  lost: 0.02,
  incomplete: 0.02,
  p99Ms: 50,
  ordersLost: 0.07,
  ordersDoubled: 0.05,
  calls: 0.1,
  recoveryS: 1.5,
};
/** Differences of times and calls below this fraction do not count. */
const RELATIVE_FLOOR = 0.2;
const RELATIVE: ReadonlySet<Metric> = new Set(['p99Ms', 'calls']);
export const METRICS = Object.keys(FLOORS) as readonly Metric[];

/** Values that repeats with everything on can have by chance. */
export interface NoiseBand {
  readonly low: number;
  readonly high: number;
  /** Distance from the extremes of the repeats to the ends of the band. */
  readonly margin: number;
}

/**
 * Returns the band of the repeats: their range, extended on both sides by the range again, or by the smallest difference
 * that counts.
 */
export function toNoiseBand(metric: Metric, repeats: readonly number[]): NoiseBand {
  const [least, most] = [Math.min(...repeats), Math.max(...repeats)];
  const margin = Math.max(most - least, smallestDifference(metric, most));
  return { low: least - margin, high: most + margin, margin };
}

const smallestDifference = (metric: Metric, value: number): number =>
  Math.max(FLOORS[metric], RELATIVE.has(metric) ? RELATIVE_FLOOR * value : 0);

/** A change of a figure outside the noise band in every round. */
export interface Effect {
  readonly fault: string;
  /** The removed defenses, joined by `+`. */
  readonly subject: string;
  readonly metric: Metric;
  /** Median with everything on. */
  readonly on: number;
  /** Median without the defense. */
  readonly off: number;
  /** `helps`: the figure is worse without the defense. */
  readonly direction: 'helps' | 'harms';
}

/** Returns the effects of one subject compared with the repeats of the same rounds. */
export function findEffects(cells: readonly Cell[], fault: string, subject: string): Effect[] {
  const own = cells.filter((cell) => cell.fault === fault && cell.subject === subject);
  return METRICS.flatMap((metric): Effect[] => {
    const directions = own.map(({ round, figures }) => {
      const repeats = readRepeats(cells, fault, metric, subject, round);
      return compare(figures[metric], toNoiseBand(metric, repeats));
    });
    const [direction] = directions;
    if (direction === undefined || directions.some((each) => each !== direction)) return [];
    const on = median(readRepeats(cells, fault, metric, subject));
    const off = median(own.map(({ figures }) => figures[metric]));
    return [{ fault, subject, metric, on, off, direction }];
  });
}

/** Returns `undefined` within the band, and for figures that do not exist. */
function compare(value: number, { low, high }: NoiseBand): Effect['direction'] | undefined {
  if (value > high) return 'helps';
  return value < low ? 'harms' : undefined;
}

/** Values with everything on, except those of the subject itself. */
const readRepeats = (
  cells: readonly Cell[],
  fault: string,
  metric: Metric,
  except: string,
  round?: number,
): number[] =>
  cells
    .filter((cell) => cell.fault === fault && (round === undefined || cell.round === round))
    .filter(({ subject }) => isRepeat(subject) && subject !== except)
    .map(({ figures }) => figures[metric])
    .filter((value) => !Number.isNaN(value));

/** Compares each repeat with the other repeats: all effects that are found are false. */
export function countFalseEffects(cells: readonly Cell[]): {
  readonly found: number;
  readonly compared: number;
} {
  const repeats = new Map(
    cells.filter(({ subject }) => isRepeat(subject)).map((cell) => [`${cell.fault}/${cell.subject}`, cell]),
  );
  const found = [...repeats.values()].flatMap(({ fault, subject }) => findEffects(cells, fault, subject));
  return { found: found.length, compared: repeats.size * METRICS.length };
}

/** A defense that makes another one harmful under a fault, or is harmful itself. */
export interface Interference {
  readonly fault: string;
  readonly metric: Metric;
  readonly defense: DefenseName;
  /** The defense that is off in both runs; `undefined` if all others are on. */
  readonly without?: DefenseName;
  readonly kept: number;
  readonly removed: number;
}

/**
 * Two defenses A and B interfere under a fault if, without A, the removal of B improves a figure by more than the margin
 * of the noise band in every round.
 */
export function findInterferences(cells: readonly Cell[]): Interference[] {
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  const ordered = pairs.flatMap(([a, b]) => [
    { pair: `${a}+${b}`, without: a, defense: b },
    { pair: `${a}+${b}`, without: b, defense: a },
  ]);
  return faults.flatMap((fault) =>
    ordered.flatMap(({ pair, without, defense }) =>
      METRICS.flatMap((metric): Interference[] => {
        const single = readByRound(cells, fault, without, metric);
        const both = readByRound(cells, fault, pair, metric);
        const improves = (round: number): boolean => {
          const kept = single.get(round) ?? Number.NaN;
          const { margin } = toNoiseBand(metric, readRepeats(cells, fault, metric, '', round));
          return kept - (both.get(round) ?? Number.NaN) > Math.max(margin, smallestDifference(metric, kept));
        };
        if (both.size === 0 || ![...both.keys()].every(improves)) return [];
        const [kept, removed] = [median([...single.values()]), median([...both.values()])];
        return [{ fault, metric, defense, without, kept, removed }];
      }),
    ),
  );
}

const readByRound = (
  cells: readonly Cell[],
  fault: string,
  subject: string,
  metric: Metric,
): Map<number, number> =>
  new Map(
    cells
      .filter((cell) => cell.fault === fault && cell.subject === subject)
      .map(({ round, figures }) => [round, figures[metric]]),
  );

/** Returns the measured defenses that make no figure of any fault better. */
export const findUseless = (cells: readonly Cell[], effects: readonly Effect[]): DefenseName[] =>
  defenses
    .map(({ name }) => name)
    .filter((name) => cells.some(({ subject }) => subject === name))
    .filter((name) => !effects.some(({ subject, direction }) => subject === name && direction === 'helps'));
