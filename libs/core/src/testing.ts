import type { Clock } from './clock.ts';

/** A clock for specs. It stands still until it is advanced; its wall clock starts at 1970-01-01T00:00:00.000Z. */
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

  /** Sets the wall clock ahead, or back where `ms` is negative; no time passes. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Goes `ms` ahead and runs what falls due on the way, in order of time. */
  advance(ms: number): void {
    const target = this.#now + ms;
    for (let due = this.#next(target); due; due = this.#next(target)) {
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
    }
    this.#now = target;
  }

  /** Goes `ms` ahead and runs nothing, as a busy process does. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  #next(until: number) {
    return [...this.#timers].filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Lets every promise that can settle without time passing do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
