import type { Clock } from '@film-store/core';
import { after } from './hold-lease.ts';

const ATTEMPTS = 5;

/**
 * Repeats `attempt` until it resolves with a value, at most five times within `withinMs` milliseconds. Each wait is twice as
 * long as the one before. `attempt` must not reject.
 */
export async function tryAgain(
  attempt: () => Promise<unknown>,
  withinMs: number,
  timer: Clock['after'] = after,
): Promise<void> {
  for (let index = ATTEMPTS; index > 0; index--) {
    await new Promise<void>((resolve) => void timer(withinMs / 2 ** index, resolve));
    if ((await attempt()) !== undefined) return;
  }
}
