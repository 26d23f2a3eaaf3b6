/** Runs `action` once after `ms` milliseconds; the returned function cancels it and may be called at any time. */
export type After = (ms: number, action: () => void) => () => void;

export const after: After = (ms, action) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};
