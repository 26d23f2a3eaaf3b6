import { setTimeout } from 'node:timers/promises';

/** The clock and the waiting of what runs by itself, so that tests own both. */
export interface Time {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never keeps the process alive. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const TIME = Symbol('time');

export const systemTime: Time = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    // It rejects for one reason only: the abort that ends the wait.
    setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined),
};
