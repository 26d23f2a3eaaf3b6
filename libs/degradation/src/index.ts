export { type Degradation, type DegradationReason, degradation, degradationReason } from './degradation.ts';
export { type Degradable, type Source, toDegradations, firstAvailable, staleIfError } from './degradable.ts';
export { FeatureDisabled } from './feature-disabled.ts';
export { toDegradedHeaders } from './degraded-headers.ts';
export { DegradedInterceptor, type DegradedInterceptorOptions } from './degraded.interceptor.ts';
export { degradedPlugin } from './degraded.plugin.ts';
export { startDegradedSeries } from './report-degraded.ts';
export type { CachedValue, LastKnownGood } from './last-known-good.ts';
export { memoryLastKnownGood } from './memory-last-known-good.ts';
export {
  type LastKnownGoodClient,
  type RedisLastKnownGoodOptions,
  redisLastKnownGood,
} from './redis-last-known-good.ts';
