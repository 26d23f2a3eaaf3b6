import type { Clock } from './clock.ts';

/** A clock for specs. It moves only by `advance` and `stall`. Its wall clock starts at 1970-01-01T00:00:00.000Z. */
export class VirtualClock implements Clock {
  #now = 0;
  #wallOffset = 0;
  #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now + this.#wallOffset;
  }

  /** Moves the wall clock only, back if `ms` is negative. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves `ms` ahead and runs the timers that are due, in order of time. */
  advance(ms: number): void {
    const target = this.#now + ms;
    for (let due = this.#next(target); due; due = this.#next(target)) {
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
    }
    this.#now = target;
  }

  /** Moves `ms` ahead without timers, like a busy process. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Number of running timers. */
  get armed(): number {
    return this.#timers.size;
  }

  #next(until: number) {
    return [...this.#timers].filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Waits until all promises have settled that need no time. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
