import { z } from 'zod';
import { degradationReason } from '@film-store/degradation';
import { BREAKER_STATES } from '@film-store/resilience';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const byPriority = z.object({ critical: z.number(), normal: z.number(), sheddable: z.number() });

export const breakerState = z.enum(BREAKER_STATES);

/** State of the policies between a service and one of its upstreams. */
const policies = {
  breaker: z.object({
    state: breakerState,
    admittedFraction: z.number().describe('fraction of the calls that are admitted now, 0 to 1'),
    retryAfterMs: milliseconds.describe('time until more calls are admitted; 0 if all are admitted'),
    openMs: milliseconds.describe('duration of this opening, or of the next one'),
    calls: count.describe('calls in the window that decides on opening'),
    failures: count,
  }),
  latency: z
    .object({ samples: count, p50Ms: milliseconds, p99Ms: milliseconds })
    .describe('latency of the responses of the last 30 s'),
  timeoutMs: milliseconds.describe('current timeout of one attempt'),
  bulkhead: z.object({ inFlight: count, concurrency: count, queued: count, queue: count }),
  retryBudget: count.nullable().describe('extra attempts that the budget allows now; null: no retries'),
};

/** The state of a service, which `/ops/state` returns. All totals count from its start. */
export const serviceState = z.object({
  service: z.string(),
  status: z.enum(['ok', 'degraded', 'error', 'starting', 'shutting_down']),
  failingChecks: z.array(
    z.object({ name: z.string(), status: z.enum(['degraded', 'down']), message: z.string() }),
  ),
  rssMiB: z.number(),
  loopDelayMs: milliseconds.describe(
    '99th percentile of the event-loop delay since the previous health check',
  ),
  loadShedding: z
    .object({ limit: z.number(), inFlight: count, queued: count, rejected: byPriority })
    .nullable()
    .describe('null: load shedding is off'),
  responses: z.object({ good: count, degraded: count, failed: count }).describe('without those to operators'),
  degraded: z
    .array(z.object({ feature: z.string(), reason: degradationReason, source: z.string(), responses: count }))
    .describe('each feature that was degraded, with its latest reason and source'),
  upstreams: z.array(
    z.object({
      name: z.string(),
      calls: z.object({ success: count, failure: count, ignored: count, rejected: count }),
      ...policies,
    }),
  ),
});
export type ServiceState = z.infer<typeof serviceState>;

const perSecond = z.number().min(0).nullable().describe('null: there is no sample of the previous seconds');

export const transition = z.object({
  id: z.string().describe('the same in every snapshot that contains the transition'),
  at: z.iso.datetime(),
  kind: z.enum(['service', 'breaker', 'degradation']),
  subject: z.string().describe('a service, `service→upstream`, or a feature'),
  from: z.string(),
  to: z.string(),
});
export type Transition = z.infer<typeof transition>;

/** A service as this service polls it. */
const serviceSnapshot = z.object({
  name: z.string(),
  status: z.enum([...serviceState.shape.status.options, 'unreachable']),
  reason: z.string().nullable().describe('why the state is unknown; null if it is known'),
  failingChecks: serviceState.shape.failingChecks,
  rssMiB: z.number().nullable(),
  loopDelayMs: milliseconds.nullable(),
  loadShedding: z
    .object({ limit: z.number(), inFlight: count, queued: count, shedPerSecond: byPriority.nullable() })
    .nullable(),
});
export type ServiceSnapshot = z.infer<typeof serviceSnapshot>;

const edge = z.object({
  from: z.string(),
  to: z.string(),
  perSecond: perSecond.describe('attempts that ended'),
  errorRate: z.number().min(0).max(1).nullable().describe('fraction of those; null if there were none'),
  rejectedPerSecond: perSecond.describe('calls that the breaker rejected'),
  ...policies,
});
export type Edge = z.infer<typeof edge>;

/** The state of the service and of its peers, which `/ops/stream` sends once a second. */
export const systemSnapshot = z.object({
  at: z.iso.datetime(),
  services: z.array(serviceSnapshot).describe('this service first, then its peers'),
  edges: z.array(edge),
  responsesPerSecond: z
    .object({ good: z.number(), degraded: z.number(), shed: z.number(), failed: z.number() })
    .nullable()
    .describe('of this service; null: there is no sample of the previous seconds'),
  transitions: z.array(transition).describe('the latest 20, oldest first'),
});
export type SystemSnapshot = z.infer<typeof systemSnapshot>;
