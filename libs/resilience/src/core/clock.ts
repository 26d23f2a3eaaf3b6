/** Time as a parameter: the only place of the library that reads the real one. */
export interface Clock {
  /** Milliseconds, from 0 at an arbitrary origin; never goes back. */
  now(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** A number from 0 up to but not including 1, uniform; chance as a parameter. */
export type Random = () => number;
