import type { Clock } from '@film-store/core';

/** Time without rejections after which an episode has ended, in milliseconds. */
const QUIET_MS = 5000;

export type OverloadEvent =
  { readonly event: 'started' } | { readonly event: 'ended'; readonly rejected: number };

/** Reports many rejections as one start and one end, so that an overload does not flood the log. */
export class OverloadEpisodes {
  readonly #clock: Clock;
  readonly #report: (event: OverloadEvent) => void;
  /** Rejections of the current episode; 0 between episodes. */
  #rejected = 0;
  #lastAt = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, report: (event: OverloadEvent) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  recordRejection(): void {
    this.#lastAt = this.#clock.now();
    this.#rejected += 1;
    if (this.#rejected > 1) return;
    this.#report({ event: 'started' });
    this.#endAfter(QUIET_MS);
  }

  stop(): void {
    this.#cancelTimer();
    this.#end();
  }

  #endAfter(ms: number): void {
    this.#cancelTimer = this.#clock.after(ms, () => {
      const leftMs = this.#lastAt + QUIET_MS - this.#clock.now();
      if (leftMs > 0) this.#endAfter(leftMs);
      else this.#end();
    });
  }

  #end(): void {
    if (this.#rejected === 0) return;
    const rejected = this.#rejected;
    this.#rejected = 0;
    this.#report({ event: 'ended', rejected });
  }
}
