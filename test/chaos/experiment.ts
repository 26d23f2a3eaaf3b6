import type { Stops } from '../../deploy/local/stops.ts';
import type { Plot, Table } from '../bench/benchmark.ts';
import { formatFigure } from '../bench/figure.ts';

/** What a command can ask of an experiment. */
export interface Settings {
  readonly seed: number;
  readonly orders: number;
  readonly requests: number;
  readonly database: 'postgres' | 'pglite';
}

/** What may be measured while all is well; a count, where no unit is named. */
export type Tolerance = (
  { readonly exactly: number } | { readonly atMost: number } | { readonly atLeast: number }
) & { readonly unit?: 'share' | 's' | 'ratio' };

export interface Observation {
  readonly value: number;
  /** The first few of what was counted, for whoever has to find out why. */
  readonly examples?: readonly string[];
}

/** One thing that is done to the system, or for it. */
export interface Step {
  readonly name: string;
  /** Gives up early, without an error, when the signal ends. */
  readonly act: (signal: AbortSignal) => void | Promise<void>;
  /** Whether it took hold. A fault that did not proves nothing, and the experiment is inconclusive. */
  readonly confirm?: () => Promise<boolean>;
}

/** An experiment whose system stands, ready to be carried out. */
export interface Trial<Probe extends string = string> {
  /** What holds of the steady state, by the name of the probe: before the method, and after the rollbacks. */
  readonly hypothesis: Readonly<Record<Probe, Tolerance>>;
  /**
   * What the method has to bring about, by the name of the probe: looked at after the rollbacks alone. Where a defence
   * was expected to be seen at work, a run in which it was not shows nothing, however well all went.
   */
  readonly demands?: Readonly<Record<string, Tolerance>>;
  /** A value for each probe of the hypothesis; after the rollbacks for each demand, too. */
  readonly observe: () => Promise<Readonly<Record<Probe, Observation>>>;
  readonly method: (signal: AbortSignal) => AsyncIterable<Step> | Iterable<Step>;
  /** All are attempted whatever happened, and put the system back to where it works. */
  readonly rollbacks: readonly Step[];
  /** When to stop before the end; looked at all the time. */
  readonly abort: { readonly name: string; readonly when: () => boolean };
  /** One line on how far it is. */
  readonly progress: () => string;
  /** What has been done to the system so far, counted. */
  readonly figures: () => Readonly<Record<string, number>>;
  readonly tables?: () => readonly Table[];
  /** The course of the run. */
  readonly plots?: () => readonly Plot[];
}

export interface Experiment {
  /** What it is called on the command line. */
  readonly name: string;
  /** A question. */
  readonly title: string;
  /** What should come out, and why. */
  readonly expected: string;
  /** Starts the system; what was started is stopped with the `stops`. */
  readonly prepare: (settings: Settings, stops: Stops) => Promise<Trial>;
}

export function describeTolerance(tolerance: Tolerance): string {
  const reported = (bound: number): string => describeValue(tolerance, bound);
  if ('exactly' in tolerance) return `= ${reported(tolerance.exactly)}`;
  return 'atMost' in tolerance ? `≤ ${reported(tolerance.atMost)}` : `≥ ${reported(tolerance.atLeast)}`;
}

export const describeValue = ({ unit }: Tolerance, value: number): string =>
  unit === undefined ? String(value) : formatFigure({ unit, value });

export function isWithin(tolerance: Tolerance, value: number): boolean {
  if ('exactly' in tolerance) return value === tolerance.exactly;
  return 'atMost' in tolerance ? value <= tolerance.atMost : value >= tolerance.atLeast;
}
