import type { Stops } from '../../deploy/local/stops.ts';
import type { Plot, Table } from '../bench/benchmark.ts';
import { formatFigure } from '../bench/figure.ts';

/** Command-line settings of an experiment. */
export interface Settings {
  readonly seed: number;
  readonly orders: number;
  readonly requests: number;
  readonly database: 'postgres' | 'pglite';
}

/** Unit of a measured value; a count if absent. */
export type Tolerance = (
  { readonly exactly: number } | { readonly atMost: number } | { readonly atLeast: number }
) & { readonly unit?: 'share' | 's' | 'ratio' };

export interface Observation {
  readonly value: number;
  /** Some examples of the counted things, for the analysis. */
  readonly examples?: readonly string[];
}

/** One action on the system. */
export interface Step {
  readonly name: string;
  /** Returns early, without an error, when the signal ends. */
  readonly act: (signal: AbortSignal) => void | Promise<void>;
  /** Returns whether it took effect. A fault without effect proves nothing, and makes the experiment inconclusive. */
  readonly confirm?: () => Promise<boolean>;
}

/** An experiment whose system is running. */
export interface Trial<Probe extends string = string> {
  /** The steady state, by the name of the probe: checked before the method and after the rollbacks. */
  readonly hypothesis: Readonly<Record<Probe, Tolerance>>;
  /**
   * The effects that the method must have, by the name of the probe. They are checked after the rollbacks only. If an
   * expected defense was not observed, the run proves nothing.
   */
  readonly demands?: Readonly<Record<string, Tolerance>>;
  /** Reads a value for each probe of the hypothesis, and after the rollbacks for each demand. */
  readonly observe: () => Promise<Readonly<Record<Probe, Observation>>>;
  readonly method: (signal: AbortSignal) => AsyncIterable<Step> | Iterable<Step>;
  /** Rollbacks. All of them run, whatever happened, and return the system to its working state. */
  readonly rollbacks: readonly Step[];
  /** Abort conditions, checked all the time. */
  readonly abort: { readonly name: string; readonly when: () => boolean };
  /** Describes the progress in one line. */
  readonly progress: () => string;
  /** Counts of all actions so far. */
  readonly figures: () => Readonly<Record<string, number>>;
  readonly tables?: () => readonly Table[];
  /** Plots of the run over time. */
  readonly plots?: () => readonly Plot[];
}

export interface Experiment {
  /** Name on the command line. */
  readonly name: string;
  /** A question. */
  readonly title: string;
  /** The expected result, and the reason. */
  readonly expected: string;
  /** Starts the system. `stops` stop what it started. */
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
