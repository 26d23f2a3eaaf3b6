import type { Clock } from '@film-store/core';

/** Retries and hedges without a response after which more of them are only load. */
const EXTRA_ATTEMPTS = 3;

/** How an attempt ended: with any response, by the estimate of its timeout, or in another way, which shows nothing. */
export type AttemptEnd = 'response' | 'timeout' | 'unknown';

/**
 * Counts calls since the last response, for the question whether more calls to a silent upstream would show anything.
 *
 * An attempt that times out by the estimate shows only that its latency is longer (a right-censored observation): the
 * upstream hangs, or it has become slower. These timeouts are kept until an attempt with the full time decides.
 */
export class Silence {
  #withoutResponse = 0;
  #timeouts = 0;
  #extraAttempts = 0;
  /** Time from which enough calls had no response. */
  #since: number | undefined;

  /**
   * Returns whether `calls` have no response, and had none for `medianMs` since the last of them was sent. If they
   * were independent, the probability as usual would be 2^-calls. A pause is no outage, but then calls wait only for
   * its end.
   */
  isLong(calls: number, medianMs: (now: number) => number, clock: Clock): boolean {
    if (this.#withoutResponse < calls) return false;
    const now = clock.now();
    this.#since ??= now;
    return now - this.#since >= medianMs(now);
  }

  /**
   * Returns whether a retry or a hedge would show anything. While `calls` have no response, the first three do, because
   * they may go to another endpoint.
   */
  allowsExtra(calls: number): boolean {
    return this.#withoutResponse < calls || this.#extraAttempts < EXTRA_ATTEMPTS;
  }

  start(extra: boolean): void {
    this.#withoutResponse += 1;
    if (extra) this.#extraAttempts += 1;
  }

  end(how: AttemptEnd): void {
    if (how === 'response') this.reset();
    if (how === 'timeout') this.#timeouts += 1;
    if (how === 'unknown') this.#withoutResponse = Math.max(0, this.#withoutResponse - 1);
  }

  /** Returns the number of timeouts by the estimate since the last response, once. */
  takeTimeouts(): number {
    const timeouts = this.#timeouts;
    this.#timeouts = 0;
    return timeouts;
  }

  reset(): void {
    this.#withoutResponse = 0;
    this.#timeouts = 0;
    this.#extraAttempts = 0;
    this.#since = undefined;
  }
}
