import {
  ADAPTIVE_TIMEOUT_DEFAULTS,
  BREAKER_DEFAULTS,
  BULKHEAD_DEFAULTS,
  createAdaptiveTimeout,
  createAttemptTimeout,
  createBreaker,
  createBulkhead,
  createLatencyWindow,
  createRetry,
  createRetryBudget,
  type Policy,
  RequestCollapser,
  RETRY_BUDGET_DEFAULTS,
  RETRY_DEFAULTS,
  holdPermitUntil,
} from '@film-store/resilience';
import { systemClock as clock } from '@film-store/core';

const random = Math.random;

/** Each policy alone with its defaults, without failures. */
export const layers: Readonly<Record<string, () => Policy>> = {
  requestCollapsing: () => {
    const collapser = new RequestCollapser({ clock });
    return (next) => (context) => collapser.share('/films', context, next);
  },
  retry: () => {
    const budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
    const classifyRetry = () => ({ retry: true });
    return createRetry(RETRY_DEFAULTS, { clock, random, budget, classifyRetry, callerRetries: () => false })
      .policy;
  },
  bulkhead: () => createBulkhead(BULKHEAD_DEFAULTS, { clock }).policy,
  breaker: () =>
    createBreaker(BREAKER_DEFAULTS, {
      clock,
      random,
      classify: () => 'failure',
      onTransition: () => undefined,
    }).policy,
  'attempt timeout': () => {
    const window = createLatencyWindow(ADAPTIVE_TIMEOUT_DEFAULTS);
    const timeout = createAdaptiveTimeout(ADAPTIVE_TIMEOUT_DEFAULTS, window);
    return createAttemptTimeout({ clock, timeout, classify: () => 'failure', holdPermitUntil }).policy;
  },
};
