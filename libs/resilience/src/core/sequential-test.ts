export const SEQUENTIAL_TEST_DEFAULTS = {
  /**
   * Failures in excess of successes that decide while failures are rare. 0 disables the test. The default is
   * `burst · ln(calls per false alarm) / ln((1 - p0) / p0)` = 2.5 · ln(10^7) / ln(19), rounded up.
   */
  excessFailures: 14,
};

/**
 * Bounds of the learnt baseline p0, the fraction of failures as usual. A failure is never stronger evidence than at 5 %.
 * Above 30 %, failing and usual are too close for few calls to distinguish them.
 */
const BASELINE = { lowest: 0.05, highest: 0.3 };

/** Calls that the baseline starts with, at its lowest value, so that the first failures do not set it. */
const PRIOR_CALLS = 100;

/** Calls after which the older half of the baseline's history counts half. */
const HISTORY_CALLS = 2_000;

export interface SequentialTestSettings {
  /** See `SEQUENTIAL_TEST_DEFAULTS`. From 0. */
  readonly excessFailures: number;
  /** Fraction of failures, from 0.5 and below 1, that is the border between "as usual" and "failing". @default 0.5 */
  readonly errorRate?: number;
}

/**
 * Decides after each call whether the outcomes are much more likely under "failing" than under "as usual": the
 * cumulative sum of E. S. Page ("Continuous Inspection Schemes", Biometrika 41, 1954), which is Wald's sequential
 * probability ratio test, started again whenever it has accepted "as usual". Wald's test alone ends with a decision,
 * but a breaker monitors without end.
 *
 * "As usual" is the learnt fraction of failures p0, and "failing" is 1 - p0. So a failure adds ln((1 - p0) / p0) to the
 * logarithm of the likelihood ratio, a success takes the same away, and the sum stays at 0 or above. In units of this
 * step the sum is the excess of failures over successes. An error rate below 50 % has no drift upward. At a higher
 * `errorRate` a success counts for more.
 *
 * The mean number of calls between two false alarms is at least e^h for a threshold h (G. Lorden, "Procedures for
 * reacting to a change in distribution", Annals of Mathematical Statistics 42, 1971), if failures are independent and
 * at most as frequent as p0. They are not independent: one lost connection or one restart fails several calls. So h is
 * multiplied by the number of failures that one cause brings, 2.5. The figures are in `docs/patterns/03-circuit-breakers.md`.
 *
 * The baseline learns from calls after which the sum is 0 again. Calls that lead to an alarm never change it.
 */
export class SequentialTest {
  readonly #excessFailures: number;
  /** Successes that make up for one failure, as their reciprocal. */
  readonly #successWeight: number;
  #excess = 0;
  #threshold: number;
  /** Calls since the sum was 0. */
  #calls = 0;
  #failures = 0;
  #learntCalls = PRIOR_CALLS;
  #learntFailures = PRIOR_CALLS * BASELINE.lowest;

  constructor({ excessFailures, errorRate = 0.5 }: SequentialTestSettings) {
    this.#excessFailures = excessFailures === 0 ? Infinity : excessFailures;
    this.#successWeight = errorRate / (1 - errorRate);
    this.#threshold = this.#excessFailures;
  }

  /** Failures in excess of successes. */
  get excess(): number {
    return this.#excess;
  }

  /** Excess that decides. It rises with the baseline. `Infinity` if the test is disabled. */
  get threshold(): number {
    return this.#threshold;
  }

  /** The learnt fraction of failures, within its bounds. */
  get baseline(): number {
    const { lowest, highest } = BASELINE;
    return Math.min(Math.max(this.#learntFailures / this.#learntCalls, lowest), highest);
  }

  succeeded(): void {
    this.#calls += 1;
    this.#excess -= this.#successWeight;
    if (this.#excess > 0) return;
    this.#excess = 0;
    this.#learn();
  }

  /** Returns whether the upstream is failing, with `count` more failures. */
  failed(count = 1): boolean {
    this.#calls += count;
    this.#failures += count;
    this.#excess += count;
    return this.#excess >= this.#threshold;
  }

  /** Starts again with the same baseline. Calls that are not learnt yet are dropped. */
  restart(): void {
    this.#excess = 0;
    this.#calls = 0;
    this.#failures = 0;
  }

  #learn(): void {
    this.#learntCalls += this.#calls;
    this.#learntFailures += this.#failures;
    if (this.#learntCalls > HISTORY_CALLS) {
      this.#learntCalls /= 2;
      this.#learntFailures /= 2;
    }
    // The logarithm is needed only if the baseline may have risen, or has halved.
    if (this.#failures > 0 || this.#threshold > this.#excessFailures)
      this.#threshold = this.#excessFailures * (logOdds(BASELINE.lowest) / logOdds(this.baseline));
    this.#calls = 0;
    this.#failures = 0;
  }
}

const logOdds = (fraction: number): number => Math.log((1 - fraction) / fraction);
