import type { Time } from '../src/polling/time.ts';

/** A manual clock. Time passes only when a test ends the current pause. Supports one sleeper at a time. */
export class ManualTime implements Time {
  #now = Date.parse('2026-01-01T00:00:00.000Z');
  #monotonic = 0;
  #sleeping = Promise.withResolvers<number>();
  #wake: () => void = () => undefined;

  now(): Date {
    return new Date(this.#now);
  }

  monotonicNow(): number {
    return this.#monotonic;
  }

  /** Moves the wall clock by `ms` milliseconds, without a change of the monotonic clock. */
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
    this.#sleeping.resolve(ms);
    return promise;
  }

  /** Resolves with the length of the current or next pause, in milliseconds. */
  pause(): Promise<number> {
    return this.#sleeping.promise;
  }

  /** Ends the current pause and resolves with the length of the next one, in milliseconds. */
  async pass(): Promise<number> {
    await this.#sleeping.promise;
    this.#sleeping = Promise.withResolvers();
    this.#wake();
    return this.#sleeping.promise;
  }
}
