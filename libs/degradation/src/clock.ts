/** Time as a parameter: the only place of the library that reads the real one. */
export interface Clock {
  /** Milliseconds from an arbitrary origin, for ages and intervals; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for times that outlive this process or are shared with others. May be set back or ahead. */
  wallNow(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
