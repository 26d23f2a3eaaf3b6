import type { Clock } from '@film-store/core';
import { after } from './time.ts';

const ATTEMPTS = 5;

/**
 * Repeats `attempt` until it resolves with a value, at most five times within `withinMs` milliseconds. Each wait is twice as
 * long as the one before. `attempt` must not reject.
 */
export function tryAgain(
  attempt: () => Promise<unknown>,
  withinMs: number,
  timer: Clock['after'] = after,
): void {
  const plan = (left: number, waitMs: number): void => {
    timer(waitMs, () => void tryOnce(left, waitMs));
  };
  const tryOnce = async (left: number, waitMs: number): Promise<void> => {
    const result = await attempt();
    if (result === undefined && left > 1) plan(left - 1, 2 * waitMs);
  };
  plan(ATTEMPTS, withinMs / 2 ** ATTEMPTS);
}
