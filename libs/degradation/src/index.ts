export { type Degradation, type DegradationReason, degradation, degradationReason } from './degradation.ts';
export {
  type Degradable,
  type Source,
  FeatureDisabled,
  degradationsOf,
  firstAvailable,
  staleIfError,
} from './degradable.ts';
export { degradedHeaders } from './degraded-headers.ts';
export { degradedPlugin, startDegradedSeries } from './degraded.plugin.ts';
export type { CachedValue, LastKnownGood } from './last-known-good.ts';
export { memoryLastKnownGood } from './memory-last-known-good.ts';
export { type LastKnownGoodClient, redisLastKnownGood } from './redis-last-known-good.ts';
