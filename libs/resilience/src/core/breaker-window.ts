import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';

export interface BreakerWindowSettings {
  /** How far back calls count, in milliseconds. */
  readonly windowMs: number;
  /** How many steps the window moves in; calls are forgotten a step at a time. */
  readonly buckets: number;
  /** It trips when more than this share of the window's calls failed, in percent, from 0 up to but not 100. */
  readonly errorRatePercent: number;
  /** It trips on no fewer calls than this; a whole number from 1. */
  readonly volume: number;
}

/** Counts the latest settled calls and decides when their failures are reason enough to open. */
export interface BreakerWindow {
  /** See `Breaker.circuit`. */
  readonly circuit: CircuitBreaker;
  succeeded(now: number): void;
  /** Returns whether this failure opens the circuit. */
  failed(now: number): boolean;
  /** Records a call that an open breaker did not admit. */
  rejected(now: number): void;
  /** Shows listeners of the circuit that the breaker rejects calls, or admits them again. */
  show(position: 'open' | 'closed'): void;
  clear(now: number): void;
  counts(now: number): { readonly calls: number; readonly failures: number };
  /** Removes all listeners of the circuit. After that nothing is counted and nothing opens. May be called twice. */
  dispose(): void;
}

/**
 * Keeps the rolling statistics in opossum and lets it decide that a closed circuit opens. Uses its public interface
 * only, in a way that keeps the rest of it out of reach:
 *
 * - `fire` only reports settled calls. Its action settles at once, so opossum counts and decides before `fire`
 *   returns. Ignored, late and running calls never reach it, so its error rate is failures over settled calls.
 * - `open` and `close` follow the breaker. What follows an opening is up to `breaker-state.ts`: opossum's half-open
 *   state takes ignored and late results for successes, so its timer is set to the longest time that Node allows. The
 *   timer ends with the opening and keeps no process alive.
 * - The caller's clock moves the buckets, by age. No snapshots, no timeout, no capacity, no cache; no percentiles, for
 *   which it would sort the window at every failure.
 *
 * @throws RangeError `volume` that opossum would take for 0, at which the first failure opens the circuit
 */
export function createBreakerWindow(
  settings: BreakerWindowSettings,
  start: number,
  name = 'circuit',
): BreakerWindow {
  const { windowMs, buckets, errorRatePercent, volume } = settings;
  if (!Number.isInteger(volume) || volume < 1) {
    throw new RangeError(`volume must be a whole number from 1, but is ${volume}`);
  }
  const rotation = new EventEmitter();
  const circuit = new CircuitBreaker((outcome: Settled) => outcome, {
    name,
    timeout: false,
    resetTimeout: LONGEST_TIMER_MS,
    rollingCountTimeout: windowMs,
    rollingCountBuckets: buckets,
    rollingPercentilesEnabled: false,
    errorThresholdPercentage: errorRatePercent,
    volumeThreshold: volume,
    enableSnapshots: false,
    rotateBucketController: rotation,
  });
  const bucketMs = windowMs / buckets;
  let bucketStart = start;

  function rotate(now: number): void {
    const steps = Math.floor((now - bucketStart) / bucketMs);
    if (steps <= 0) return;
    for (let step = Math.min(steps, buckets); step > 0; step -= 1) rotation.emit('rotate');
    bucketStart += steps * bucketMs;
  }

  function show(position: 'open' | 'closed'): void {
    if (circuit.isShutdown) return;
    if (position === 'open') circuit.open();
    else circuit.close();
  }

  /** Reports one call to the circuit in `position`, also where somebody else has turned it. */
  function report(outcome: Settled, position: 'open' | 'closed', now: number): void {
    if (!circuit.enabled) return;
    rotate(now);
    show(position);
    const fired = circuit.fire(outcome);
    // That of a success does not reject, and a promise more would cost every call.
    if (outcome !== SUCCEEDED) fired.catch(ignore);
  }

  return {
    circuit,
    succeeded: (now) => report(SUCCEEDED, 'closed', now),
    failed(now) {
      report(FAILED, 'closed', now);
      return circuit.opened;
    },
    rejected: (now) => report(FAILED, 'open', now),
    show,
    clear(now) {
      rotate(now);
      for (let step = buckets; step > 0; step -= 1) rotation.emit('rotate');
    },
    counts(now) {
      rotate(now);
      const { fires, failures, rejects } = circuit.stats;
      return { calls: fires - rejects, failures };
    },
    dispose: () => circuit.shutdown(),
  };
}

/** The longest delay of Node's timers, in milliseconds: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The part of a promise that opossum uses. */
type Settled = Promise<unknown>;

/**
 * Outcomes that call back at once. A promise would do so in a later microtask, when the caller has read the decision,
 * and would cost every call three promises more.
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

function ignore(): void {}
