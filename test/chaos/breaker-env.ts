/** Of a breaker, in milliseconds. */
export interface BreakerTimes {
  /** How long it is open at first, and at most. */
  readonly reset: number;
  readonly resetMax: number;
  /** How long it takes to let all calls through again. */
  readonly ramp: number;
}

/** What gives the breakers of these upstreams other times than those that are shipped. */
export const breakerEnv = (
  { reset, resetMax, ramp }: BreakerTimes,
  ...upstreams: readonly string[]
): NodeJS.ProcessEnv =>
  Object.fromEntries(
    upstreams.flatMap((name) => [
      [`UPSTREAM_${name}_BREAKER_RESET_MS`, String(reset)],
      [`UPSTREAM_${name}_BREAKER_RESET_MAX_MS`, String(resetMax)],
      [`UPSTREAM_${name}_BREAKER_RAMP_MS`, String(ramp)],
    ]),
  );
