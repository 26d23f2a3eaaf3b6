/** Time of a call that is kept back for the work after its response, in milliseconds. */
export const DEADLINE_SLACK_MS = 10;
/** Least time of a call, in milliseconds. A shorter call would fail and only load the upstream. */
export const CALL_FLOOR_MS = 20;

/** Returns the time of the clock of deadlines: milliseconds since this process started. Never goes back. */
export const monotonicNow = (): number => performance.now();

/** Returns the time until `deadline` in milliseconds: at least 0, `Infinity` without a deadline. */
export const remainingMs = (deadline = Infinity, now: number): number => Math.max(0, deadline - now);

/**
 * Returns the time of a call with all its retries, in milliseconds: the remaining time without the slack, `Infinity`
 * without a deadline. Returns `undefined` if too little time is left for a call.
 */
export function timeForCall(deadline: number | undefined, now: number): number | undefined {
  const left = remainingMs(deadline, now) - DEADLINE_SLACK_MS;
  return left >= CALL_FLOOR_MS ? left : undefined;
}
