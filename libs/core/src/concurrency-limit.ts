export interface Sample {
  /** Duration of its work, in milliseconds, without the wait for a permit. */
  readonly rttMs: number;
  /** Requests in flight when it was admitted, with itself. */
  readonly inFlight: number;
  /** The work of a `cut-short` request would have taken `rttMs` or more. */
  readonly outcome: 'completed' | 'cut-short';
  /**
   * Set if a request has found no permit since the sample before. The limit changes only then.
   *
   * @default at least half of the limit was in flight
   */
  readonly exhausted?: boolean;
}

export interface LimitState {
  readonly limit: number;
  /** Duration of work without contention, in milliseconds; absent while unknown. */
  readonly uncontendedRttMs?: number;
  /** Duration of recent work, in milliseconds; absent while unknown. */
  readonly recentRttMs?: number;
  /** `true` while concurrency is low for a moment, to measure `uncontendedRttMs`. */
  readonly probing?: boolean;
}

/** Computes how many requests may be in flight, from samples. It does not enforce the limit. `now` never goes back. */
export interface ConcurrencyLimit {
  /** Returns a whole number from 1, which is low during a probe. */
  current(now: number): number;
  /** Returns the limit without probes: a whole number from 1. */
  steady(): number;
  sample(now: number, sample: Sample): void;
  describe(now: number): LimitState;
}

export const fixedLimit = (limit: number): ConcurrencyLimit => ({
  current: () => limit,
  steady: () => limit,
  sample: () => undefined,
  describe: () => ({ limit }),
});
