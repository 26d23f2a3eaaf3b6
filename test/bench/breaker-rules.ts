import { BREAKER_DEFAULTS, SEQUENTIAL_TEST_DEFAULTS, SequentialTest } from '@film-store/resilience';

/** Decides when a closed breaker opens. */
export interface Rule {
  /** Reports a settled call at `at`, in milliseconds. Returns whether the breaker opens. */
  record(failed: boolean, at: number): boolean;
}

/**
 * opossum opens at a failure if more than `percent` of the calls in its window have failed and the window has `volume`
 * calls. Source: options of its README, and `fail` in its lib/circuit.js, version 10.
 */
function createOpossumRule(volume: number, percent = 50, windowMs = 10_000, buckets = 10): Rule {
  const calls = new Float64Array(buckets);
  const failures = new Float64Array(buckets);
  let step = 0;
  const rotate = (at: number): void => {
    const now = Math.floor((at * buckets) / windowMs);
    for (let steps = Math.min(now - step, buckets); steps > 0; steps -= 1) {
      calls[(now - steps + 1) % buckets] = 0;
      failures[(now - steps + 1) % buckets] = 0;
    }
    step = now;
  };
  const sum = (counts: Float64Array): number => {
    let total = 0;
    for (const count of counts) total += count;
    return total;
  };
  return {
    record(failed, at) {
      rotate(at);
      calls[step % buckets]! += 1;
      if (!failed) return false;
      failures[step % buckets]! += 1;
      const fires = sum(calls);
      return fires >= volume && (sum(failures) / fires) * 100 > percent;
    },
  };
}

/**
 * resilience4j opens if at least 50 % of the last 100 calls have failed, and not before the 100th call. Source:
 * https://resilience4j.readme.io/docs/circuitbreaker (defaults of `slidingWindowSize`, `minimumNumberOfCalls` and
 * `failureRateThreshold`).
 */
function createCountWindowRule(size = 100, percent = 50): Rule {
  const results = new Uint8Array(size);
  let calls = 0;
  let failures = 0;
  return {
    record(failed) {
      const slot = calls % size;
      failures += Number(failed) - results[slot]!;
      results[slot] = Number(failed);
      calls += 1;
      return calls >= size && failures * 100 >= percent * size;
    },
  };
}

/** gobreaker opens at more than 5 consecutive failures. Source: `ReadyToTrip` in https://github.com/sony/gobreaker. */
function createConsecutiveRule(most = 5): Rule {
  let consecutive = 0;
  return {
    record(failed) {
      consecutive = failed ? consecutive + 1 : 0;
      return consecutive > most;
    },
  };
}

/** Ours: the sequential test, beside the window of opossum with our settings. */
function createOurRule(): Rule {
  const window = createOpossumRule(BREAKER_DEFAULTS.minimumCalls);
  const test = new SequentialTest(SEQUENTIAL_TEST_DEFAULTS);
  // Says at a failure whether the window has enough calls.
  const enough = createOpossumRule(BREAKER_DEFAULTS.minimumCalls, -1);
  return {
    record(failed, at) {
      const byShare = window.record(failed, at);
      const mayOpen = enough.record(failed, at);
      if (failed) return (test.failed() && mayOpen) || byShare;
      test.succeeded();
      return false;
    },
  };
}

export const rules = {
  ours: createOurRule,
  'opossum as here, without the test': () => createOpossumRule(BREAKER_DEFAULTS.minimumCalls),
  'opossum by its defaults': () => createOpossumRule(0),
  resilience4j: () => createCountWindowRule(),
  gobreaker: () => createConsecutiveRule(),
} satisfies Record<string, () => Rule>;
export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];
