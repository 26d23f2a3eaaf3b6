export interface Measured {
  readonly name: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 's' | '/s' | 'MiB' | 'ratio' | 'share' | 'count';
  readonly value: number;
  /** What was aimed at, for people. */
  readonly goal?: string;
}

/** Lines over one axis, for people to look at. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  /** What went on from when until when, on the axis x: faults behind the lines, what breakers did above them. */
  readonly bands?: readonly Band[];
}

export interface Band {
  readonly name: string;
  readonly kind: 'fault' | 'open' | 'probing';
  readonly from: number;
  readonly to: number;
}

/** What is worth a table of its own. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Outcome {
  readonly measured: readonly Measured[];
  readonly plots?: readonly Plot[];
}

export interface Benchmark {
  readonly name: string;
  readonly question: string;
  /** Load and duration. */
  readonly load: string;
  run(tell: (progress: string) => void): Promise<Outcome>;
}
