import { systemClock } from '@film-store/core';

/**
 * Finds the begin and the end of trouble that comes and goes, so that each is logged once. Trouble ends with a success that
 * comes `quietMs` milliseconds or more after another success, with no sign of trouble in between.
 */
export class Episode {
  readonly #quietMs: number;
  readonly #now: () => number;
  #active = false;
  /** Time of the first success since the last sign of trouble. */
  #quietSince: number | undefined;

  /** @param now milliseconds of a monotonic clock */
  constructor(quietMs: number, now: () => number = () => systemClock.now()) {
    this.#quietMs = quietMs;
    this.#now = now;
  }

  /** Returns whether trouble begins with this sign of it. */
  begins(): boolean {
    const begins = !this.#active;
    this.#active = true;
    this.#quietSince = undefined;
    return begins;
  }

  /** Returns whether trouble ends with this success. */
  ends(): boolean {
    if (!this.#active) return false;
    const now = this.#now();
    this.#quietSince ??= now;
    this.#active = now - this.#quietSince < this.#quietMs;
    return !this.#active;
  }
}
