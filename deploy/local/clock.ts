/** Gives code its time, so that specs can control it. Only this file of `deploy/local` reads the real time. */
export interface Clock {
  /** Returns milliseconds from an arbitrary origin. Never goes back. */
  now(): number;
  /** Runs `action` once after `ms` milliseconds. The returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
