import type { Clock } from '@film-store/core';

/** Runs an action later, like the `after` of a clock. Its timer does not keep the process alive. */
export const after: Clock['after'] = (ms, action) => {
  const timer = setTimeout(action, ms).unref();
  return () => clearTimeout(timer);
};
