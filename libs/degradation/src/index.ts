export { type Degradable, type Source, SwitchedOff, degradationsOf, firstAvailable } from './degradable.ts';
export { DegradedInterceptor } from './degraded.interceptor.ts';
export { type LastKnownGood, memoryLastKnownGood, redisLastKnownGood } from './last-known-good.ts';
