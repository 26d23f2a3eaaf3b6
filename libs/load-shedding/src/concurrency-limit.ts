/** How one admitted request went. */
export interface Sample {
  /** How long its work took, in milliseconds; without time spent waiting to be admitted. */
  readonly rttMs: number;
  /** Requests in flight when it was admitted, itself included. */
  readonly inFlight: number;
  /** Whether it was answered, or cut short, so that its true time is `rttMs` or more. */
  readonly outcome: 'answered' | 'cut-short';
}

export interface LimitState {
  readonly limit: number;
  /** What work takes uncontended, in milliseconds; absent while unknown. */
  readonly uncontendedRttMs?: number;
  /** What it took of late, in milliseconds; absent while unknown. */
  readonly recentRttMs?: number;
  /** Whether concurrency is held low for a moment, to measure `uncontendedRttMs`. */
  readonly probing?: boolean;
}

/** How many requests may be in flight: samples in, limit out; who enforces it is somebody else. `now` never goes back. */
export interface ConcurrencyLimit {
  /** From 1, a whole number. */
  current(now: number): number;
  sample(now: number, sample: Sample): void;
  describe(now: number): LimitState;
}

/** The simplest limit: a number somebody chose. */
export const fixedLimit = (limit: number): ConcurrencyLimit => ({
  current: () => limit,
  sample: () => undefined,
  describe: () => ({ limit }),
});
