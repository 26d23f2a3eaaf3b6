import { ADAPTIVE_TIMEOUT_DEFAULTS, createAdaptiveTimeout } from './core/adaptive-timeout.ts';
import { createAttemptTimeout } from './core/attempt-timeout.ts';
import {
  BREAKER_DEFAULTS,
  type Breaker,
  type BreakerDescription,
  type BreakerTransition,
  createBreaker,
} from './core/breaker.ts';
import { type BulkheadDescription, createBulkhead, trackZombie } from './core/bulkhead.ts';
import type { Call, CallContext, Classify, Policy } from './core/call.ts';
import type { Clock, Random } from '@film-store/core';
import { compose } from './core/compose.ts';
import { HEDGE_DEFAULTS, type HedgeDescription, createHedge } from './core/hedge.ts';
import { type LatencySummary, createLatencyWindow } from './core/latency-window.ts';
import type { CoalesceDescription } from './core/request-collapser.ts';
import { RETRY_BUDGET_DEFAULTS, createRetryBudget } from './core/retry-budget.ts';
import { RETRY_DEFAULTS, type RetryDescription, type RetryVerdict, createRetry } from './core/retry.ts';
import type { ExecutorPolicies, UpstreamPolicies } from './policy-options.ts';

export interface CoreDeps {
  /** The name of the upstream, for those who listen to its circuit. */
  readonly name?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly classify: Classify;
  readonly onTransition: (transition: BreakerTransition) => void;
}

export interface PipelineDeps extends CoreDeps {
  readonly classifyRetry: (error: unknown) => RetryVerdict;
  /** Whether a call may be made twice at the same time. */
  readonly mayHedge: (context: CallContext) => boolean;
  /** Whether whoever calls us tries again itself. */
  readonly retriesAbove: (context: CallContext) => boolean;
}

/** The policies of one upstream around its transport. */
export interface Pipeline<T> {
  readonly call: Call<T>;
  readonly breaker: Pick<Breaker, 'circuit' | 'setMode' | 'describe'>;
  /** The live state of each policy, outermost first. */
  describe(): readonly PolicyState[];
  dispose(): void;
}

/** A policy by the name it is told by, and its live state. */
export type PolicyState =
  | { readonly policy: 'request-collapsing'; readonly state: CoalesceDescription }
  | { readonly policy: 'retry'; readonly state: RetryDescription & { readonly budget: number } }
  | { readonly policy: 'hedge'; readonly state: HedgeDescription }
  | { readonly policy: 'bulkhead'; readonly state: BulkheadDescription & BulkheadRoom }
  | { readonly policy: 'breaker'; readonly state: BreakerDescription }
  | { readonly policy: 'attempt-timeout'; readonly state: { readonly timeoutMs: number } & LatencySummary };

/** How many calls may be under way, and how many may wait. */
interface BulkheadRoom {
  readonly concurrency: number;
  readonly queue: number;
}

/** As many as the attempts of one call: the first that fails for good closes the way to those after it. */
const CRITICAL_FAILURES = 3;

interface Layer {
  readonly wrap: Policy;
  readonly describe: () => PolicyState;
}

/** Puts the policies of an upstream around its transport, once: retry and hedge around those of `createCore`. */
export function createPipeline<T>(
  policies: UpstreamPolicies,
  transport: Call<T>,
  deps: PipelineDeps,
): Pipeline<T> {
  const { clock, random } = deps;
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
    { clock, random, budget, classifyRetry: deps.classifyRetry, retriesAbove: deps.retriesAbove },
  );
  const hedge = createHedge(HEDGE_DEFAULTS, { clock, window: core.window, budget, when: deps.mayHedge });
  const layers: readonly Layer[] = [
    {
      wrap: retry.policy,
      describe: () => ({ policy: 'retry', state: { ...retry.describe(), budget: budget.balance() } }),
    },
    ...(policies.hedging
      ? [{ wrap: hedge.policy, describe: () => ({ policy: 'hedge', state: hedge.describe() }) as const }]
      : []),
    ...core.layers,
  ];
  return assemble(layers, core.breaker, transport);
}

/** The same for a dependency that is called once or not at all: nothing is retried or hedged. */
export function createSingleAttemptPipeline<T>(
  policies: ExecutorPolicies,
  transport: Call<T>,
  deps: CoreDeps,
): Pipeline<T> {
  const { layers, breaker } = createCore(policies, deps, 0);
  return assemble(layers, breaker, transport);
}

/**
 * What every call passes: bulkhead, breaker, attempt timeout. The bulkhead stands outside the breaker, so that what
 * it rejects never counts as the upstream's failure.
 */
function createCore(policies: ExecutorPolicies, deps: CoreDeps, criticalFailures: number) {
  const { name, clock, random, classify, onTransition } = deps;
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
  const bulkhead = createBulkhead(
    {
      concurrency: policies.bulkheadConcurrency,
      queue: policies.bulkheadQueueLimit,
      queueWaitMs: policies.bulkheadQueueTimeoutMs,
    },
    { clock },
  );
  const breaker = createBreaker(
    {
      ...BREAKER_DEFAULTS,
      errorRatePercent: policies.breakerErrorRate * 100,
      volume: policies.breakerMinimumCalls,
      openMs: policies.breakerOpenMs,
      maxOpenMs: policies.breakerMaxOpenMs,
      rampMs: policies.breakerRecoveryMs,
      criticalFailures,
      probeLeaseMs: Math.max(BREAKER_DEFAULTS.probeLeaseMs, 2 * policies.timeoutMaxMs),
    },
    { ...(name !== undefined && { name }), clock, random, classify, onTransition },
  );
  const attemptTimeout = createAttemptTimeout({ clock, timeout, classify, trackZombie });
  const room = { concurrency: policies.bulkheadConcurrency, queue: policies.bulkheadQueueLimit };
  const layers: readonly Layer[] = [
    {
      wrap: bulkhead.policy,
      describe: () => ({ policy: 'bulkhead', state: { ...bulkhead.describe(), ...room } }),
    },
    { wrap: breaker.policy, describe: () => ({ policy: 'breaker', state: breaker.describe() }) },
    {
      wrap: attemptTimeout.policy,
      describe: () => ({
        policy: 'attempt-timeout',
        state: { ...attemptTimeout.describe(), ...window.summary(clock.now()) },
      }),
    },
  ];
  return { window, breaker, layers };
}

const assemble = <T>(layers: readonly Layer[], breaker: Breaker, transport: Call<T>): Pipeline<T> => ({
  call: compose(layers.map(({ wrap }) => wrap))(transport),
  breaker,
  describe: () => layers.map((layer) => layer.describe()),
  dispose: () => breaker.dispose(),
});
