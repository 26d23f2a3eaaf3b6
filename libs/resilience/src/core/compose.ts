import type { Call, Policy } from './call.ts';

/**
 * Puts policies around a call, the first one outermost. Done once per upstream: what a call then costs is the
 * policies it was declared with, and one that was left out costs nothing.
 */
export const compose =
  (policies: readonly Policy[]): Policy =>
  <T>(call: Call<T>): Call<T> =>
    policies.reduceRight<Call<T>>((inner, policy) => policy(inner), call);
