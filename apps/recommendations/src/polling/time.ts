import { setTimeout } from 'node:timers/promises';

/** Clock and timer of background work. Tests replace both. */
export interface Time {
  /** Wall-clock time, for people and stored data. Can jump. */
  now(): Date;
  /** Milliseconds of a monotonic clock, for ages. */
  monotonicNow(): number;
  /** Resolves after `ms` milliseconds, or when `signal` aborts. Does not keep the process alive. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const TIME = Symbol('time');

export const systemTime: Time = {
  now: () => new Date(),
  monotonicNow: () => performance.now(),
  sleep: (ms, signal) =>
    // Rejects only on the abort, which ends the wait.
    setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined),
};
