import type { Cell } from './ablation/cell.ts';
import type { ScaleSizeName } from './scale/sizes.ts';

export interface Measured {
  readonly name: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 's' | '/s' | 'MiB' | 'ratio' | 'share' | 'count';
  readonly value: number;
  /** The goal, in words. */
  readonly goal?: string;
}

/** Lines over one axis. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  /** Shows equal factors of x as equal distances. @default false */
  readonly isXLogarithmic?: boolean;
  readonly y: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  /** Periods on the x axis: faults behind the lines, states of breakers above them. */
  readonly bands?: readonly Band[];
}

export interface Band {
  readonly name: string;
  readonly kind: 'fault' | 'open' | 'probing';
  readonly from: number;
  readonly to: number;
}

/** Data for a separate table. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Outcome {
  readonly measured: readonly Measured[];
  readonly plots?: readonly Plot[];
  /** Cells of the benchmark `ablation`. */
  readonly cells?: readonly Cell[];
  /** Tables of the benchmark `price-list`. */
  readonly tables?: readonly Table[];
}

export interface BenchmarkOptions {
  /** Sizes of the benchmark `scale`. */
  readonly sizes: readonly ScaleSizeName[];
  /** Part of the benchmark `ablation`: `DEFENSE/FAULT`, `DEFENSE` or `/FAULT`. */
  readonly only?: string | undefined;
  /** Chooses the requests of the benchmark `ablation`. */
  readonly seed: number;
  /** Rounds of the benchmark `ablation`. */
  readonly rounds: number;
  /** Price of an hour of a virtual CPU, for the benchmark `price-list`. */
  readonly vcpuHour: number;
  /** Price of an hour of a GiB of memory, for the benchmark `price-list`. */
  readonly gibHour: number;
  /** Set if the result is recorded. */
  readonly record: boolean;
}

export interface Benchmark {
  readonly name: string;
  readonly question: string;
  /** Load and duration. */
  readonly load: string;
  run(report: (progress: string) => void, options: BenchmarkOptions): Promise<Outcome>;
}
