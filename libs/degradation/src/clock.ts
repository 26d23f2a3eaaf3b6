/** Time as a parameter: the only place of the library that reads the real one. */
export interface Clock {
  /** Milliseconds since 1970, since what is kept outlives this process and is shared with others. */
  now(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
