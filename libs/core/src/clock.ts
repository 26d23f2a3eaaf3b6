/** Makes time a parameter, so that specs can control it. */
export interface Clock {
  /** Returns milliseconds from an arbitrary origin, for ages and intervals. Never goes back. */
  now(): number;
  /** Returns milliseconds since 1970, for times that are stored or shared with other processes. May jump. */
  wallNow(): number;
  /** Runs `action` once after `ms`. The returned function cancels it and may be called at any time. */
  after(ms: number, action: () => void): () => void;
}

/**
 * Runs actions only after all data that has arrived by then is read. After a pause of the process, Node runs timers
 * before it reads sockets, so responses that have already arrived would count as late.
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

/** Resolves after `ms` milliseconds. Rejects with the reason of `signal` when it aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const abort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Never resolves. Rejects with the reason of `signal` when it aborts. */
export function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Returns whether `work` settles within `ms` milliseconds. Ignores its value or error. */
export function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(timeout.resolve, ms, false);
  const isSettled = (): boolean => true;
  return Promise.race([work.then(isSettled, isSettled), timeout.promise]).finally(() => clearTimeout(timer));
}
