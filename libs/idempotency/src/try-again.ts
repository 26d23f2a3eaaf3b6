import { type After, after } from './time.ts';

/** How often, waiting twice as long each time. */
const TIMES = 5;

/**
 * Tries again and again until `attempt` resolves with anything but `undefined`, the last time before `withinMs`
 * milliseconds have passed. `attempt` must not reject.
 */
export function tryAgain(attempt: () => Promise<unknown>, withinMs: number, timer: After = after): void {
  const plan = (left: number, waitMs: number): void => {
    timer(waitMs, () => void tryOnce(left, waitMs));
  };
  const tryOnce = async (left: number, waitMs: number): Promise<void> => {
    const result = await attempt();
    if (result === undefined && left > 1) plan(left - 1, 2 * waitMs);
  };
  plan(TIMES, withinMs / 2 ** TIMES);
}
