import type { Time } from '../src/polling/time.ts';

/** A clock that stands still until the pause under way is passed. For one sleeper at a time. */
export class ManualTime implements Time {
  #now = Date.parse('2026-01-01T00:00:00.000Z');
  #monotonic = 0;
  #asleep = Promise.withResolvers<number>();
  #wake: () => void = () => undefined;

  now(): Date {
    return new Date(this.#now);
  }

  monotonicNow(): number {
    return this.#monotonic;
  }

  /** Sets the wall clock ahead, or back where `ms` is negative; no time passes. */
  stepWall(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    this.#wake = () => {
      this.#now += ms;
      this.#monotonic += ms;
      resolve();
    };
    this.#asleep.resolve(ms);
    return promise;
  }

  /** The milliseconds of the pause under way, or of the next one to begin. */
  pause(): Promise<number> {
    return this.#asleep.promise;
  }

  /** Lets the pause pass; resolves with the milliseconds of the one that follows. */
  async pass(): Promise<number> {
    await this.#asleep.promise;
    this.#asleep = Promise.withResolvers();
    this.#wake();
    return this.#asleep.promise;
  }
}
