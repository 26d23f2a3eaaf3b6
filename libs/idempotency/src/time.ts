/**
 * Runs `action` once after `ms` milliseconds, unless the process ends before: it keeps none alive. The returned
 * function cancels it and may be called at any time.
 */
export type After = (ms: number, action: () => void) => () => void;

export const after: After = (ms, action) => {
  const timer = setTimeout(action, ms).unref();
  return () => clearTimeout(timer);
};
