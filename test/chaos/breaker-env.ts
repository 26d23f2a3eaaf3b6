/** Times of a breaker, in milliseconds. */
export interface BreakerTimes {
  /** First and longest time that the breaker stays open. */
  readonly reset: number;
  readonly resetMax: number;
  /** Time from a successful probe to full admission. */
  readonly recovery: number;
}

/** Returns the environment that gives the breakers of these upstreams other times than the defaults. */
export const breakerEnv = (
  { reset, resetMax, recovery }: BreakerTimes,
  ...upstreams: readonly string[]
): NodeJS.ProcessEnv =>
  Object.fromEntries(
    upstreams.flatMap((name) => [
      [`UPSTREAM_${name}_BREAKER_RESET_MS`, String(reset)],
      [`UPSTREAM_${name}_BREAKER_RESET_MAX_MS`, String(resetMax)],
      [`UPSTREAM_${name}_BREAKER_RAMP_MS`, String(recovery)],
    ]),
  );
