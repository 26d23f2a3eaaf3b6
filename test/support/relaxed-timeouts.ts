/**
 * For services that are not to be impatient with each other, nor to shed, only because the machine is busy: what is
 * late is waited for. Redis has nearly all the time of a page; the loop may be late by a minute.
 */
export const RELAXED_TIMEOUTS = {
  OVERLOAD_LOOP_DELAY_MS: '60000',
  UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '900',
  UPSTREAM_REDIS_TIMEOUT_MAX_MS: '900',
} as const;
