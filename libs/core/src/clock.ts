/** Time as a parameter: the only place of the library that reads the real one. */
export interface Clock {
  /** Milliseconds, from 0 at an arbitrary origin; never goes back. */
  now(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

/**
 * What is due is run only after all that has arrived by then has been read. After a pause of this process timers come
 * before sockets: every answer that waits in a socket would count as late, and be given up or asked for again.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => (immediate = setImmediate(action)), ms);
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  },
};

/** A number from 0 up to but not including 1, uniform; chance as a parameter. */
export type Random = () => number;
