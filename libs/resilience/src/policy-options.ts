import { z } from 'zod';

const milliseconds = (min: number) => z.number().int().min(min).max(600_000);
const count = (min: number) => z.number().int().min(min).max(100_000);
const fraction = z.number().min(0).max(0.99);

const shape = {
  timeoutInitialMs: milliseconds(1)
    .default(1000)
    .describe(
      'Attempt timeout in milliseconds until enough calls have been measured. A timed-out attempt that had less than half of this time does not count toward the circuit breaker.',
    ),
  timeoutFloorMs: milliseconds(1)
    .default(50)
    .describe('Shortest attempt timeout in milliseconds that the adaptive timeout may choose.'),
  timeoutMaxMs: milliseconds(1)
    .default(2000)
    .describe('Longest attempt timeout in milliseconds that the adaptive timeout may choose.'),
  breakerErrorRate: fraction
    .default(0.5)
    .describe('Fraction of failed calls in a 10 s window above which the circuit breaker opens.'),
  breakerMinimumCalls: count(1)
    .default(20)
    .describe('Minimum calls in a 10 s window before the circuit breaker may open.'),
  breakerExcessFailures: count(0)
    .default(14)
    .describe(
      'Failures in excess of successes that open the circuit breaker, more where failures are usual. 0 leaves the decision to the error rate.',
    ),
  breakerOpenMs: milliseconds(1)
    .default(10_000)
    .describe('Time in milliseconds that the circuit breaker stays open before its first probe.'),
  breakerMaxOpenMs: milliseconds(1)
    .default(60_000)
    .describe('Longest time in milliseconds that the circuit breaker stays open while probes fail.'),
  breakerRecoveryMs: milliseconds(0)
    .default(5000)
    .describe(
      'Time in milliseconds in which the circuit breaker goes from a successful probe to admitting all calls.',
    ),
  bulkheadConcurrency: count(1).default(64).describe('Calls that may run at the same time.'),
  bulkheadQueueLimit: count(0).default(32).describe('Calls that may wait for a slot of the bulkhead.'),
  bulkheadQueueTimeoutMs: milliseconds(0)
    .default(100)
    .describe('Longest time in milliseconds that a call may wait for a slot.'),
};

const upstreamShape = {
  ...shape,
  bulkheadAdaptive: z
    .boolean()
    .default(true)
    .describe('Lowers the limit of the bulkhead while the upstream queues calls.'),
  retryAttempts: count(1)
    .default(3)
    .describe('Attempts of one call, including the first one; 1 disables retries.'),
  retryBaseDelayMs: milliseconds(0)
    .default(50)
    .describe('Upper bound in milliseconds of the delay before the first retry. Each retry doubles it.'),
  retryMaxDelayMs: milliseconds(0)
    .default(1000)
    .describe('Longest delay in milliseconds between two attempts.'),
  retryBudgetRatio: fraction
    .default(0.1)
    .describe('Extra attempts (retries and hedges) that the retry budget allows per call.'),
  retryBudgetPerSecond: count(0)
    .default(3)
    .describe('Extra attempts per second that the retry budget allows in addition.'),
  hedging: z.boolean().default(true).describe('Sends a slow read a second time.'),
  requestCollapsing: z.boolean().default(true).describe('Lets identical concurrent reads share one call.'),
  ejectionConsecutiveFailures: count(1)
    .default(5)
    .describe('Failures in excess of successes that eject an endpoint, more where failures are usual.'),
  ejectionBaseMs: milliseconds(1)
    .default(30_000)
    .describe('Time in milliseconds that the first ejection of an endpoint lasts.'),
};

/** Pairs of options of which the first must not exceed the second. */
const ASCENDING: readonly (readonly [keyof typeof upstreamShape, keyof typeof upstreamShape])[] = [
  ['timeoutFloorMs', 'timeoutInitialMs'],
  ['timeoutFloorMs', 'timeoutMaxMs'],
  ['timeoutInitialMs', 'timeoutMaxMs'],
  ['retryBaseDelayMs', 'retryMaxDelayMs'],
  ['breakerOpenMs', 'breakerMaxOpenMs'],
];

/** Reports wrong pairs together with all other errors. */
const ascending = z.superRefine<Readonly<Record<string, unknown>>>(
  (options, context) => {
    for (const [lower, upper] of ASCENDING) {
      const [least, most] = [options[lower], options[upper]];
      // A value that is not a number has its own error.
      if (typeof least === 'number' && typeof most === 'number' && least > most)
        context.addIssue({ code: 'custom', path: [lower], message: `must not exceed \`${upper}\`` });
    }
  },
  { when: () => true },
);

/** Options of the policies around work that is not HTTP: timeout, circuit breaker and bulkhead. */
export const executorPolicies = z.strictObject(shape).check(ascending);
export type ExecutorPolicies = z.infer<typeof executorPolicies>;
export const EXECUTOR_POLICY_DEFAULTS: ExecutorPolicies = executorPolicies.parse({});

/** Options of the policies around calls to an HTTP upstream. */
export const upstreamPolicies = z.strictObject(upstreamShape).check(ascending);
export type UpstreamPolicies = z.infer<typeof upstreamPolicies>;
export const UPSTREAM_POLICY_DEFAULTS: UpstreamPolicies = upstreamPolicies.parse({});
