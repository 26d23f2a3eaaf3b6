import type { ServiceState } from '../src/system-state.ts';

/** Differences from a service that has just started. */
export interface Changes {
  readonly status?: ServiceState['status'];
  readonly breaker?: ServiceState['upstreams'][number]['breaker']['state'];
  readonly calls?: ServiceState['upstreams'][number]['calls'];
  readonly good?: number;
  readonly degraded?: number;
  readonly failed?: number;
  /** Shed requests with priority `sheddable`. */
  readonly shed?: number;
}

/** Returns the state of a shop with the upstream `films` and the feature `offers`. */
export function shop(changes: Changes): { name: string; state: ServiceState } {
  const { status = 'ok', breaker = 'closed', calls, good = 0, degraded = 0, failed = 0, shed = 0 } = changes;
  const state: ServiceState = {
    service: 'shop',
    status,
    failingChecks: [],
    rssMiB: 100,
    loopDelayMs: 10,
    loadShedding: {
      limit: 20,
      inFlight: 0,
      queued: 0,
      rejected: { critical: 0, normal: 0, sheddable: shed },
    },
    responses: { good, degraded, failed },
    degraded:
      degraded === 0
        ? []
        : [{ feature: 'offers', reason: 'timeout', source: 'popular', responses: degraded }],
    upstreams: [
      {
        name: 'films',
        calls: calls ?? { success: 0, failure: 0, ignored: 0, rejected: 0 },
        breaker: {
          state: breaker,
          admittedFraction: 1,
          retryAfterMs: 0,
          openMs: 10_000,
          calls: 0,
          failures: 0,
        },
        latency: { samples: 0, p50Ms: 0, p99Ms: 0 },
        timeoutMs: 1000,
        bulkhead: { inFlight: 0, concurrency: 64, queued: 0, queue: 32 },
        retryBudget: 30,
      },
    ],
  };
  return { name: 'shop', state };
}
