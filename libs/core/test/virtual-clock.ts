import type { Clock } from '../src/clock.ts';

/** A clock for specs: stands still until it is advanced. */
export class VirtualClock implements Clock {
  #now = 0;
  #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
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
      this.#now = due.at;
      due.action();
    }
    this.#now = target;
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
