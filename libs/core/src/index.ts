export { type Clock, systemClock } from './clock.ts';
export { type AdminRequest, isAdmin, isLoopback, hasBearerToken } from './admin.ts';
export * from './comma-list.ts';
export * from './concurrency-limiter.ts';
export * from './deadline.ts';
export {
  type OutboundAttempt,
  type HttpExchange,
  FAULT_POINTS,
  type FaultPoints,
  type FaultRecorder,
} from './fault-points.ts';
export { hasContent } from './has-content.ts';
export {
  HEALTH_INDICATORS,
  HealthCheckFailed,
  type HealthDetails,
  type HealthIndicator,
  type HealthIndicators,
} from './health-indicator.ts';
export * from './propagated-context.ts';
export { type HttpResponse, isSent, setHeaders } from './http-response.ts';
export { InvalidHeaderError } from './invalid-header-error.ts';
export { fromNestLogger, type Logger, type NestLogger } from './logger.ts';
export * from './operations.ts';
export { hang, pause } from './pause.ts';
export * from './portable.ts';
export * from './priority.ts';
export * from './query-values.ts';
export { type Random, seeded } from './random.ts';
export * from './request-context.ts';
export * from './request-id.ts';
export { toRequestId } from './to-request-id.ts';
export type { ExecuteOptions, ResilienceExecutor } from './resilience-executor.ts';
export * from './retry-after.ts';
export { type Phase, LifecycleState } from './lifecycle-state.ts';
export { settlesWithin } from './within.ts';
