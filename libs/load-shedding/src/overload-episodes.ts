import type { Clock } from '@film-store/core';

/** Time without rejections after which an episode has ended, in milliseconds. */
const QUIET_MS = 5000;

export type OverloadEvent =
  { readonly event: 'started' } | { readonly event: 'ended'; readonly rejected: number };

/** Reports many rejections as one start and one end, so that an overload does not flood the log. */
export class OverloadEpisodes {
  readonly #clock: Clock;
  readonly #report: (event: OverloadEvent) => void;
  #episode: { rejected: number; lastAt: number } | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, report: (event: OverloadEvent) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  recordRejection(): void {
    const now = this.#clock.now();
    if (this.#episode) {
      this.#episode.rejected += 1;
      this.#episode.lastAt = now;
      return;
    }
    this.#episode = { rejected: 1, lastAt: now };
    this.#report({ event: 'started' });
    this.#endAfter(QUIET_MS);
  }

  /** Ends the current episode and stops the timer. */
  stop(): void {
    this.#cancelTimer();
    this.#end();
  }

  #endAfter(ms: number): void {
    this.#cancelTimer = this.#clock.after(ms, () => {
      const lastAt = this.#episode?.lastAt ?? 0;
      const leftMs = lastAt + QUIET_MS - this.#clock.now();
      if (leftMs > 0) this.#endAfter(leftMs);
      else this.#end();
    });
  }

  #end(): void {
    if (!this.#episode) return;
    const { rejected } = this.#episode;
    this.#episode = undefined;
    this.#report({ event: 'ended', rejected });
  }
}
