/** Kept back from what is left for a call, in milliseconds: what we still do ourselves once its answer is there. */
export const DEADLINE_SLACK_MS = 10;
/** A call that would get less than this, in milliseconds, is not made: it could only fail, at the upstream's cost. */
export const CALL_FLOOR_MS = 20;

/** The clock that deadlines are on: milliseconds from an arbitrary origin of this process; never goes back. */
export const monotonicNow = (): number => performance.now();

/** What is left until `deadline`, in milliseconds; 0 once it has passed, `Infinity` where there is none. */
export const remainingMs = (deadline = Infinity, now: number): number => Math.max(0, deadline - now);

/**
 * What a call made `now` may take in all, its retries and their pauses included, in milliseconds: what is left less
 * the slack, `Infinity` where there is no deadline. `undefined`: too little is left, fail without calling.
 */
export function timeForCall(deadline: number | undefined, now: number): number | undefined {
  const left = remainingMs(deadline, now) - DEADLINE_SLACK_MS;
  return left >= CALL_FLOOR_MS ? left : undefined;
}
