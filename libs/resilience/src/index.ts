export {
  type ResilientHttpOptions,
  ResilientHttpModule,
  createResilientHttp,
} from './axios/resilient-http.module.ts';
export { type Clock, systemClock } from './core/clock.ts';
export { createUpstream } from './create-upstream.ts';
export { Dependencies } from './dependencies.ts';
export { Dependency, type Guarded, type RunOptions } from './dependency.ts';
export { type Departure, FAULT_POINTS, type FaultPoints } from './fault-points.ts';
export {
  dependencyConfig,
  dependencyDefaults,
  isUpstreamVariable,
  policiesInOrder,
  upstreamConfig,
  upstreamDefaults,
} from './settings.ts';
export { runShared, waitForShared } from './shared-work.ts';
export { InjectUpstream, UpstreamModule, UpstreamRegistryModule, upstreamToken } from './upstream.module.ts';
export { type RegisteredState, UpstreamRegistry } from './upstream.registry.ts';
export { type PostRequest, type RawRequest, Upstream, type UpstreamRequest } from './upstream.ts';
