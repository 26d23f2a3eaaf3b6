export { RESILIENCE_LOGGER, type ResilienceLogger } from './breaker-transitions.ts';
export { ADAPTIVE_TIMEOUT_DEFAULTS, createAdaptiveTimeout } from './core/adaptive-timeout.ts';
export { createAttemptTimeout } from './core/attempt-timeout.ts';
export { BREAKER_STATES } from './core/breaker-state.ts';
export { BREAKER_DEFAULTS, createBreaker } from './core/breaker.ts';
export { BULKHEAD_DEFAULTS, createBulkhead, holdPermitUntil } from './core/bulkhead.ts';
export type { Call, CallContext, Policy } from './core/call.ts';
export { createLatencyWindow } from './core/latency-window.ts';
export { RequestCollapser } from './core/request-collapser.ts';
export { RETRY_BUDGET_DEFAULTS, createRetryBudget } from './core/retry-budget.ts';
export { RETRY_DEFAULTS, createRetry } from './core/retry.ts';
export { SEQUENTIAL_TEST_DEFAULTS, SequentialTest } from './core/sequential-test.ts';
export {
  HttpUpstream,
  type PostRequest,
  type RawRequest,
  type UpstreamOptions,
  type UpstreamRequest,
  createUpstream,
} from './http-upstream.ts';
export { type Pipeline, createPipeline } from './pipeline.ts';
export { PolicyExecutor } from './policy-executor.ts';
export {
  EXECUTOR_POLICY_DEFAULTS,
  type ExecutorPolicies,
  UPSTREAM_POLICY_DEFAULTS,
  type UpstreamPolicies,
  executorPolicies,
  upstreamPolicies,
} from './policy-options.ts';
export { type SharedWorkOptions, runShared, waitForShared } from './shared-work.ts';
export { failSpan } from './spans.ts';
export type { CheckedResponse } from './transport.ts';
export { classify, classifyRetry, statusProblem } from './upstream-failure.ts';
export { InjectUpstream, UpstreamModule, UpstreamRegistryModule, upstreamToken } from './upstream.module.ts';
export { PolicyExecutors, type RegistryEntryState, UpstreamRegistry } from './upstream.registry.ts';
