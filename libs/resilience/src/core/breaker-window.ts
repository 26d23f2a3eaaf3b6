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

/** The latest calls, and whether they are reason enough to open. */
export interface BreakerWindow {
  succeeded(now: number): void;
  /** Whether this failure is one too many. */
  failed(now: number): boolean;
  clear(now: number): void;
  counts(now: number): { readonly calls: number; readonly failures: number };
  /** Gives up opossum's listeners. After that nothing is counted and nothing trips; may be called twice. */
  dispose(): void;
}

/**
 * Opossum, reduced to what it is good at: it keeps the rolling statistics and decides that a closed circuit opens.
 * The rest of it is kept out of reach:
 *
 * - It only hears of settled calls. A failure is a `fire` of an action that throws at once, so that opossum counts
 *   and decides before `fire` returns. A success is the pair of events that its statistics listen to: a whole
 *   `fire` would cost a promise and a microtask more per call and decide nothing. Calls under way, ignored and late
 *   ones never reach it, so that its error rate is failures over settled calls.
 * - When it has opened it is closed again at once, which also clears its timer. What follows an opening is up to
 *   `breaker-state.ts`: opossum's half-open state takes ignored and late results for successes.
 * - It has no timer: the caller's clock moves the buckets, by age. No snapshots, no timeout, no capacity, no cache;
 *   no percentiles, for which it would sort the window at every failure.
 *
 * @throws RangeError `volume` that opossum would take for 0, at which the first failure opens the circuit
 */
export function createBreakerWindow(settings: BreakerWindowSettings, start: number): BreakerWindow {
  const { windowMs, buckets, errorRatePercent, volume } = settings;
  if (!Number.isInteger(volume) || volume < 1) {
    throw new RangeError(`volume must be a whole number from 1, but is ${volume}`);
  }
  const rotation = new EventEmitter();
  const circuit = new CircuitBreaker(throwFailure, {
    timeout: false,
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

  return {
    succeeded(now) {
      rotate(now);
      circuit.emit('fire');
      circuit.emit('success');
    },
    failed(now) {
      rotate(now);
      circuit.fire().catch(ignore);
      if (!circuit.opened) return false;
      circuit.close();
      return true;
    },
    clear(now) {
      rotate(now);
      for (let step = buckets; step > 0; step -= 1) rotation.emit('rotate');
    },
    counts(now) {
      rotate(now);
      const { fires, failures } = circuit.stats;
      return { calls: fires, failures };
    },
    dispose: () => circuit.shutdown(),
  };
}

const FAILURE = new Error('a call has failed');

function throwFailure(): Promise<never> {
  throw FAILURE;
}

function ignore(): void {}
