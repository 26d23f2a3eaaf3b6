/** Gives code its time, so that specs can control it. */
export interface Clock {
  /** Milliseconds from an arbitrary origin, for ages and intervals; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for times that outlive this process or are shared with others. May be set back or ahead. */
  wallNow(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

/**
 * Runs what is due only after everything that has arrived by then is read. After a pause of this process, timers come
 * before sockets: every response that waits in a socket would count as late.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(ms, action) {
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => (immediate = setImmediate(action)), ms);
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  },
};
