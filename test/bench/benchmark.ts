export interface Measured {
  readonly name: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 'ratio' | 'share';
  readonly value: number;
  /** What was aimed at, for people. */
  readonly goal?: string;
}

export interface Benchmark {
  readonly name: string;
  readonly question: string;
  /** Load and duration. */
  readonly load: string;
  run(tell: (progress: string) => void): Promise<readonly Measured[]>;
}
