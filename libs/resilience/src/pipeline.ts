import type { LimitState } from '@film-store/core';
import { ADAPTIVE_TIMEOUT_DEFAULTS, createAdaptiveTimeout } from './core/adaptive-timeout.ts';
import { createAttemptTimeout } from './core/attempt-timeout.ts';
import { BREAKER_DEFAULTS, type Breaker, type BreakerDeps, createBreaker } from './core/breaker.ts';
import { type BulkheadSettings, createBulkhead, holdPermitUntil, recordLatency } from './core/bulkhead.ts';
import type { Call, Policy } from './core/call.ts';
import { HEDGE_DEFAULTS, type HedgeDeps, createHedge } from './core/hedge.ts';
import { type LatencySummary, createLatencyWindow } from './core/latency-window.ts';
import type { RequestCollapser } from './core/request-collapser.ts';
import { RETRY_BUDGET_DEFAULTS, createRetryBudget } from './core/retry-budget.ts';
import { RETRY_DEFAULTS, type RetryDeps, createRetry } from './core/retry.ts';
import type { ExecutorPolicies, UpstreamPolicies } from './policy-options.ts';

export type PipelineDeps = BreakerDeps &
  Pick<RetryDeps, 'classifyRetry' | 'callerRetries'> &
  Pick<HedgeDeps, 'mayHedge'>;

/** The policies of one upstream around its transport. */
export type Pipeline<T> = ReturnType<typeof assemble<T>>;

type StateOf<P extends { describe(): unknown }> = ReturnType<P['describe']>;

/**
 * `concurrency` and `queue` of a bulkhead are the highest numbers of running and waiting calls; `limit` is the current
 * limit of running calls.
 */
export type PolicyState =
  | { policy: 'request-collapsing'; state: StateOf<RequestCollapser> }
  | { policy: 'retry'; state: StateOf<ReturnType<typeof createRetry>> & { budget: number } }
  | { policy: 'hedge'; state: StateOf<ReturnType<typeof createHedge>> }
  | {
      policy: 'bulkhead';
      state: StateOf<ReturnType<typeof createBulkhead>> &
        Pick<BulkheadSettings, 'concurrency' | 'queue'> &
        LimitState;
    }
  | { policy: 'breaker'; state: StateOf<Breaker> }
  | { policy: 'attempt-timeout'; state: StateOf<ReturnType<typeof createAttemptTimeout>> & LatencySummary };

/** As many as the attempts of one call: a critical call that fails for good ends the admission of critical calls. */
const CRITICAL_FAILURES = 3;

type Layer = readonly [policy: Policy, describe: () => PolicyState];

/** Puts the policies of an upstream around its transport: retry and hedge around those of `createCore`. */
export function createPipeline<T>(policies: UpstreamPolicies, transport: Call<T>, deps: PipelineDeps) {
  const { clock, random, classifyRetry, callerRetries, mayHedge } = deps;
  const core = createCore(policies, deps, CRITICAL_FAILURES);
  const budget = createRetryBudget(
    { ...RETRY_BUDGET_DEFAULTS, ratio: policies.retryBudgetRatio, perSecond: policies.retryBudgetPerSecond },
    { clock },
  );
  const retry = createRetry(
    {
      ...RETRY_DEFAULTS,
      attempts: policies.retryAttempts,
      baseMs: policies.retryBaseDelayMs,
      capMs: policies.retryMaxDelayMs,
    },
    { clock, random, budget, classifyRetry, callerRetries },
  );
  const hedge = createHedge(HEDGE_DEFAULTS, { clock, window: core.window, budget, mayHedge });
  const layers: Layer[] = [
    [retry.policy, () => ({ policy: 'retry', state: { ...retry.describe(), budget: budget.balance() } })],
  ];
  if (policies.hedging) layers.push([hedge.policy, () => ({ policy: 'hedge', state: hedge.describe() })]);
  return assemble([...layers, ...core.layers], core.breaker, transport);
}

/** Puts the policies of `createCore` alone around a transport: nothing is retried or hedged. */
export function createSingleAttemptPipeline<T>(
  policies: ExecutorPolicies,
  transport: Call<T>,
  deps: BreakerDeps,
) {
  const { layers, breaker } = createCore(policies, deps, 0);
  return assemble(layers, breaker, transport);
}

/**
 * Creates bulkhead, breaker and attempt timeout. The bulkhead is outside the breaker, so that its rejections never
 * count as failures of the upstream.
 */
function createCore(
  policies: ExecutorPolicies & Partial<Pick<UpstreamPolicies, 'bulkheadAdaptive'>>,
  deps: BreakerDeps,
  criticalFailures: number,
) {
  const { clock, classify } = deps;
  const window = createLatencyWindow(ADAPTIVE_TIMEOUT_DEFAULTS);
  const timeout = createAdaptiveTimeout(
    {
      ...ADAPTIVE_TIMEOUT_DEFAULTS,
      initialMs: policies.timeoutInitialMs,
      floorMs: policies.timeoutFloorMs,
      ceilingMs: policies.timeoutMaxMs,
    },
    window,
  );
  const latency = {
    isMeasuring: timeout.isMeasuring,
    medianMs: (now: number) => {
      const { samples, p50Ms } = window.summary(now);
      return samples < ADAPTIVE_TIMEOUT_DEFAULTS.minSamples ? Infinity : p50Ms;
    },
    timeoutMs: timeout.timeoutMs,
  };
  const limits = { concurrency: policies.bulkheadConcurrency, queue: policies.bulkheadQueueLimit };
  const bulkhead = createBulkhead(
    {
      ...limits,
      queueTimeoutMs: policies.bulkheadQueueTimeoutMs,
      adaptive: policies.bulkheadAdaptive ?? false,
    },
    { clock },
  );
  const breaker = createBreaker(
    {
      ...BREAKER_DEFAULTS,
      errorRatePercent: policies.breakerErrorRate * 100,
      minimumCalls: policies.breakerMinimumCalls,
      openMs: policies.breakerOpenMs,
      maxOpenMs: policies.breakerMaxOpenMs,
      recoveryMs: policies.breakerRecoveryMs,
      excessFailures: policies.breakerExcessFailures,
      criticalFailures,
      probeTimeoutMs: Math.max(BREAKER_DEFAULTS.probeTimeoutMs, 2 * policies.timeoutMaxMs),
    },
    { ...deps, latency },
  );
  const attemptTimeout = createAttemptTimeout({ clock, timeout, classify, holdPermitUntil, recordLatency });
  const layers: readonly Layer[] = [
    [
      bulkhead.policy,
      () => ({
        policy: 'bulkhead',
        state: { ...bulkhead.describe(), ...limits, ...bulkhead.describeLimit() },
      }),
    ],
    [breaker.policy, () => ({ policy: 'breaker', state: breaker.describe() })],
    [
      attemptTimeout.policy,
      () => ({
        policy: 'attempt-timeout',
        state: { ...attemptTimeout.describe(), ...window.summary(clock.now()) },
      }),
    ],
  ];
  return { window, breaker, layers };
}

const assemble = <T>(layers: readonly Layer[], breaker: Breaker, transport: Call<T>) => ({
  call: layers.reduceRight<Call<T>>((inner, [policy]) => policy(inner), transport),
  breaker,
  /** Returns the current state of each policy, outermost first. */
  describe: () => layers.map(([, describe]) => describe()),
});
