import type { Clock } from '../src/clock.ts';

/** A clock for specs: stands still until it is advanced. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Goes `ms` ahead and then runs all that is due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.action();
    }
  }

  /** Goes `ms` ahead and runs nothing, as a busy process does. */
  stall(ms: number): void {
    this.#now += ms;
  }

  get armed(): number {
    return this.#timers.size;
  }
}
