import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';

/** The defaults of Hystrix and opossum, except the minimum of calls, which would be 0. */
export const BREAKER_WINDOW_DEFAULTS = {
  /** Length of the window, in milliseconds. */
  windowMs: 10_000,
  /** Steps in which the window moves; old calls leave it a step at a time. */
  buckets: 10,
  /** Percentage of failed calls above which the circuit opens. From 0, below 100. */
  errorRatePercent: 50,
  /** Fewest calls at which the circuit may open. A whole number from 1. */
  minimumCalls: 20,
};
export type BreakerWindowSettings = Readonly<typeof BREAKER_WINDOW_DEFAULTS>;

/**
 * Counts settled calls and decides when their failures open the circuit. Keeps the rolling statistics in opossum and
 * lets it decide that a closed circuit opens. Uses only its public interface, and of that only the following:
 *
 * - `fire` reports settled calls. Its action settles at once, so opossum counts and decides before `fire` returns.
 *   Ignored, late and running calls never reach it, so its error rate is failures over settled calls.
 * - `open` and `close` follow the breaker. The half-open state of opossum is never used, because it takes ignored and
 *   late results for successes. So its timer has the longest time that Node allows. The timer ends with the opening and
 *   keeps no process alive.
 * - The caller's clock moves the buckets, by age. Snapshots, timeout, capacity and cache are off, and so are
 *   percentiles, for which opossum would sort the window at every failure.
 *
 * @throws RangeError if opossum would take `minimumCalls` for 0, at which the first failure opens the circuit
 */
export function createBreakerWindow(settings: BreakerWindowSettings, start: number, name = 'circuit') {
  const { windowMs, buckets, errorRatePercent, minimumCalls } = settings;
  if (!Number.isInteger(minimumCalls) || minimumCalls < 1)
    throw new RangeError(`minimumCalls must be a whole number from 1, but is ${minimumCalls}`);
  const rotation = new EventEmitter();
  const circuit = new CircuitBreaker((outcome: Settled) => outcome, {
    name,
    timeout: false,
    resetTimeout: LONGEST_TIMER_MS,
    rollingCountTimeout: windowMs,
    rollingCountBuckets: buckets,
    rollingPercentilesEnabled: false,
    errorThresholdPercentage: errorRatePercent,
    volumeThreshold: minimumCalls,
    enableSnapshots: false,
    rotateBucketController: rotation,
  });
  const bucketMs = windowMs / buckets;
  let bucketStart = start;

  const rotateBy = (steps: number): void => {
    for (let step = Math.min(steps, buckets); step > 0; step -= 1) rotation.emit('rotate');
  };

  function rotate(now: number): void {
    const steps = Math.floor((now - bucketStart) / bucketMs);
    if (steps <= 0) return;
    rotateBy(steps);
    bucketStart += steps * bucketMs;
  }

  /** Shows listeners of the circuit that the breaker rejects calls, or admits them again. */
  function show(position: 'open' | 'closed'): void {
    if (circuit.isShutdown) return;
    if (position === 'open') circuit.open();
    else circuit.close();
  }

  /** Reports one call to the circuit in `position`, even if other code has changed its position. */
  function report(outcome: Settled, position: 'open' | 'closed', now: number): void {
    if (!circuit.enabled) return;
    rotate(now);
    show(position);
    const fired = circuit.fire(outcome);
    // A success does not reject, and one more promise would cost every call.
    if (outcome !== SUCCEEDED) fired.catch(() => undefined);
  }

  return {
    /** See `Breaker.circuit`. */
    circuit,
    succeeded: (now: number): void => report(SUCCEEDED, 'closed', now),
    /** Returns whether this failure opens the circuit. */
    failed(now: number): boolean {
      report(FAILED, 'closed', now);
      return circuit.opened;
    },
    /** Records a call that an open breaker did not admit. */
    rejected: (now: number): void => report(FAILED, 'open', now),
    show,
    clear(now: number): void {
      rotate(now);
      rotateBy(buckets);
    },
    counts(now: number): { readonly calls: number; readonly failures: number } {
      rotate(now);
      const { fires, failures, rejects } = circuit.stats;
      return { calls: fires - rejects, failures };
    },
    /** Removes all listeners of the circuit. After that nothing is counted and nothing opens. May be called twice. */
    dispose: (): void => circuit.shutdown(),
  };
}

/** The longest delay of Node's timers, in milliseconds: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The part of a promise that opossum uses. */
type Settled = Promise<unknown>;

/**
 * Outcomes that call back at once. A promise would do so in a later microtask, after the caller has read the decision,
 * and would cost every call three more promises.
 */
const SUCCEEDED = {
  // oxlint-disable-next-line unicorn/no-thenable -- opossum takes any object with `then` for a promise
  then(onFulfilled: () => void) {
    onFulfilled();
    return SUCCEEDED;
  },
  catch: () => SUCCEEDED,
} as unknown as Settled;

const FAILURE = new Error('a call has failed');

const FAILED = {
  // oxlint-disable-next-line unicorn/no-thenable -- as above
  then: () => FAILED,
  catch(onRejected: (error: Error) => void) {
    onRejected(FAILURE);
    return FAILED;
  },
} as unknown as Settled;
