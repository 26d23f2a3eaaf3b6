import {
  ADAPTIVE_TIMEOUT_DEFAULTS,
  createAdaptiveTimeout,
} from '../../libs/resilience/src/core/adaptive-timeout.ts';
import { createAttemptTimeout } from '../../libs/resilience/src/core/attempt-timeout.ts';
import { BREAKER_DEFAULTS, createBreaker } from '../../libs/resilience/src/core/breaker.ts';
import { BULKHEAD_DEFAULTS, createBulkhead, trackZombie } from '../../libs/resilience/src/core/bulkhead.ts';
import type { Policy } from '../../libs/resilience/src/core/call.ts';
import { systemClock as clock } from '../../libs/resilience/src/core/clock.ts';
import { createCoalesce } from '../../libs/resilience/src/core/coalesce.ts';
import { createLatencyWindow } from '../../libs/resilience/src/core/latency-window.ts';
import { RETRY_BUDGET_DEFAULTS, createRetryBudget } from '../../libs/resilience/src/core/retry-budget.ts';
import { RETRY_DEFAULTS, createRetry } from '../../libs/resilience/src/core/retry.ts';

const random = Math.random;

/** Each policy by itself with its defaults, as it is where nothing fails. */
export const layers: Readonly<Record<string, () => Policy>> = {
  coalesce: () => createCoalesce({ clock }).policy('/films'),
  retry: () => {
    const budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
    const classifyRetry = () => ({ retry: true });
    return createRetry(RETRY_DEFAULTS, { clock, random, budget, classifyRetry, retriesAbove: () => false })
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
    return createAttemptTimeout({ clock, timeout, classify: () => 'failure', trackZombie }).policy;
  },
};
