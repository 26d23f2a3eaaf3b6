/** Runs `action` once after `ms` milliseconds; the returned function cancels it and may be called at any time. */
export type After = (ms: number, action: () => void) => () => void;

export const after: After = (ms, action) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};

/** Settles as `work` does, but rejects once `ms` milliseconds have passed; the work is left to itself. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const disarm = after(ms, () => reject(new Error(`not done within ${ms} ms`)));
    work.then(resolve, reject).finally(disarm);
  });
}
