import { monotonicNow } from '@film-store/core';
import type { Permit, WorkOutcome } from './load-shedder.ts';

/**
 * The permit of one request. It ends when the handler has settled: a client that has left, or a deadline that has
 * passed, does not end the work, and a client that reads its response slowly causes none.
 */
export class HeldPermit {
  readonly #permit: Permit;
  readonly #getOutcome: () => WorkOutcome;
  #beganAt: number | undefined;

  constructor(permit: Permit, getOutcome: () => WorkOutcome) {
    this.#permit = permit;
    this.#getOutcome = getOutcome;
  }

  /** Starts the work, and returns the function to call when the handler has settled. */
  begin(): () => void {
    const beganAt = monotonicNow();
    this.#beganAt = beganAt;
    return () => this.#permit.release(this.#getOutcome(), monotonicNow() - beganAt);
  }

  /** Releases the permit, and returns `true`, unless the handler has begun. */
  releaseUnused(): boolean {
    if (this.#beganAt !== undefined) return false;
    this.#permit.release('ignored', 0);
    return true;
  }
}
