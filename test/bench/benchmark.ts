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
}

export interface BenchmarkOptions {
  /** Numbers of films, for the benchmark `scale`. */
  readonly sizes: readonly number[];
}

export interface Benchmark {
  readonly name: string;
  readonly question: string;
  /** Load and duration. */
  readonly load: string;
  run(report: (progress: string) => void, options: BenchmarkOptions): Promise<Outcome>;
}
