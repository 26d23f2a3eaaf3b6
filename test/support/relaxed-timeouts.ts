/**
 * Settings for tests on a busy machine: services wait longer for each other, and shed no load. Redis gets nearly the
 * whole time of a page, and the event loop may be late by a minute.
 */
export const RELAXED_TIMEOUTS = {
  OVERLOAD_LOOP_DELAY_MS: '60000',
  UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '900',
  UPSTREAM_REDIS_TIMEOUT_MAX_MS: '900',
} as const;
