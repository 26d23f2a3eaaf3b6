import type { Clock } from '@film-store/core';

/** Shedding is over when nobody has been refused for this long, in milliseconds. */
const QUIET_MS = 5000;

export type OverloadEvent =
  { readonly event: 'began' } | { readonly event: 'ended'; readonly refused: number };

/** Makes one beginning and one end of many refusals, so that overload does not flood the log as well. */
export class OverloadEpisodes {
  readonly #clock: Clock;
  readonly #tell: (shedding: OverloadEvent) => void;
  #episode: { recordRejection: number; lastAt: number } | undefined;
  #disarm: () => void = () => undefined;

  constructor(clock: Clock, tell: (shedding: OverloadEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  refused(): void {
    const now = this.#clock.now();
    if (this.#episode) {
      this.#episode.recordRejection += 1;
      this.#episode.lastAt = now;
      return;
    }
    this.#episode = { recordRejection: 1, lastAt: now };
    this.#tell({ event: 'began' });
    this.#endAfter(QUIET_MS);
  }

  /** Tells of the end of what is under way, and arms nothing any more. */
  stop(): void {
    this.#disarm();
    if (this.#episode) this.#end(this.#episode.recordRejection);
  }

  #endAfter(ms: number): void {
    this.#disarm = this.#clock.after(ms, () => {
      if (!this.#episode) return;
      const leftMs = this.#episode.lastAt + QUIET_MS - this.#clock.now();
      if (leftMs > 0) this.#endAfter(leftMs);
      else this.#end(this.#episode.recordRejection);
    });
  }

  #end(refused: number): void {
    this.#episode = undefined;
    this.#tell({ event: 'ended', refused });
  }
}
