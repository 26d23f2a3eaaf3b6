import { setTimeout } from 'node:timers/promises';

/** The clock and the waiting of what runs by itself, so that tests own both. */
export interface Time {
  /** For people, and for what outlives the process. May be set back or ahead. */
  now(): Date;
  /** Milliseconds from an arbitrary origin, for ages; never goes back. */
  monotonicNow(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never keeps the process alive. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const TIME = Symbol('time');

export const systemTime: Time = {
  now: () => new Date(),
  monotonicNow: () => performance.now(),
  sleep: (ms, signal) =>
    // It rejects for one reason only: the abort that ends the wait.
    setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined),
};
