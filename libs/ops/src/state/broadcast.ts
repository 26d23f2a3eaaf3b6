import type { Readable } from 'node:stream';
import { Problem } from '@film-store/problem';
import type { Clock } from '@film-store/core';
import { SseSubscriber } from './sse-subscriber.ts';

/** How many may watch at a time. */
export const VIEWERS = 16;
/** From one message to the next, in milliseconds. They are the heartbeat too: there is always one. */
export const PERIOD_MS = 1000;

/** Makes one message a second for all who watch, and none while nobody does. */
export class Broadcast {
  readonly #clock: Clock;
  readonly #look: () => Promise<string>;
  readonly #viewers = new Set<SseSubscriber>();
  #disarm: () => void = () => undefined;
  #looking = false;
  #ended = false;

  /** @param look makes a message; must not reject */
  constructor(clock: Clock, look: () => Promise<string>) {
    this.#clock = clock;
    this.#look = look;
  }

  /** @throws Problem `unavailable` when as many watch as may, or there is nothing more to see */
  join(): Readable {
    if (this.#ended || this.#viewers.size >= VIEWERS)
      throw new Problem('unavailable', {
        detail: this.#ended ? 'the service stops' : 'too many are watching',
        headers: { 'retry-after': '5' },
      });
    const viewer = new SseSubscriber();
    this.#viewers.add(viewer);
    viewer.once('close', () => this.#leave(viewer));
    if (this.#viewers.size === 1 && !this.#looking) void this.#turn();
    return viewer;
  }

  /** Sends everybody home. */
  end(): void {
    this.#ended = true;
    this.#disarm();
    for (const viewer of this.#viewers) viewer.end();
  }

  #leave(viewer: SseSubscriber): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.#disarm();
  }

  async #turn(): Promise<void> {
    this.#looking = true;
    const startedAt = this.#clock.now();
    const message = await this.#look();
    this.#looking = false;
    for (const viewer of this.#viewers) viewer.show(message);
    if (this.#ended || this.#viewers.size === 0) return;
    const took = this.#clock.now() - startedAt;
    this.#disarm = this.#clock.after(Math.max(0, PERIOD_MS - took), () => void this.#turn());
  }
}
