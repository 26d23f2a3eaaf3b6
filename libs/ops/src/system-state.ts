import { z } from 'zod';
import { degradationReason } from '@film-store/degradation';
import { BREAKER_STATES } from '@film-store/resilience';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const byPriority = z.object({ critical: z.number(), normal: z.number(), sheddable: z.number() });

export const breakerState = z.enum(BREAKER_STATES);

/** What stands between a service and one it asks, save how much it is asked. */
const policies = {
  breaker: z.object({
    state: breakerState,
    share: z.number().describe('of the calls that are admitted now, 0 to 1'),
    retryAfterMs: milliseconds.describe('how long that is so; 0 where all are admitted'),
    openMs: milliseconds.describe('how long this opening lasts, or the next one would'),
    calls: count.describe('that count towards opening'),
    failures: count,
  }),
  latency: z
    .object({ samples: count, p50Ms: milliseconds, p99Ms: milliseconds })
    .describe('of the answers of the last 30 s'),
  timeoutMs: milliseconds.describe('how long an attempt may take now'),
  bulkhead: z.object({ inFlight: count, concurrency: count, queued: count, queue: count }),
  retryBudget: count.nullable().describe('extra attempts that could be paid for; null: nothing is retried'),
};

/** A service as it tells of itself at `/ops/state`. All totals are since its start. */
export const serviceState = z.object({
  service: z.string(),
  status: z.enum(['ok', 'degraded', 'error', 'starting', 'shutting_down']),
  failingChecks: z.array(
    z.object({ name: z.string(), status: z.enum(['degraded', 'down']), message: z.string() }),
  ),
  rssMiB: z.number(),
  loopDelayMs: milliseconds.describe(
    '99th percentile of the delay of the event loop since it was looked at last',
  ),
  loadShedding: z
    .object({ limit: z.number(), inFlight: count, queued: count, rejected: byPriority })
    .nullable()
    .describe('null: everything is let in'),
  responses: z
    .object({ good: count, degraded: count, failed: count })
    .describe('those to operators left out'),
  degraded: z
    .array(z.object({ feature: z.string(), reason: degradationReason, source: z.string(), responses: count }))
    .describe('each feature that was degraded once, and how it was the last time'),
  upstreams: z.array(
    z.object({
      name: z.string(),
      calls: z.object({ success: count, failure: count, ignored: count, rejected: count }),
      ...policies,
    }),
  ),
});
export type ServiceState = z.infer<typeof serviceState>;

const perSecond = z.number().min(0).nullable().describe('null: nobody watched a second ago');

/** Something that became something else. */
export const transition = z.object({
  id: z.string().describe('the same in every snapshot that tells of it'),
  at: z.iso.datetime(),
  kind: z.enum(['service', 'breaker', 'degradation']),
  subject: z.string().describe('a service, `service→upstream`, or a feature'),
  from: z.string(),
  to: z.string(),
});
export type Transition = z.infer<typeof transition>;

/** A service as it is watched: as it tells itself, or why it tells nothing. */
const watchedService = z.object({
  name: z.string(),
  status: z.enum([...serviceState.shape.status.options, 'unreachable']),
  reason: z.string().nullable().describe('why nothing is known of it; null where something is'),
  failingChecks: serviceState.shape.failingChecks,
  rssMiB: z.number().nullable(),
  loopDelayMs: milliseconds.nullable(),
  loadShedding: z
    .object({ limit: z.number(), inFlight: count, queued: count, shedPerSecond: byPriority.nullable() })
    .nullable(),
});
export type WatchedService = z.infer<typeof watchedService>;

const edge = z.object({
  from: z.string(),
  to: z.string(),
  perSecond: perSecond.describe('attempts that ended'),
  errorRate: z.number().min(0).max(1).nullable().describe('of those; null where there were none'),
  rejectedPerSecond: perSecond.describe('calls that the breaker did not admit'),
  ...policies,
});
export type Edge = z.infer<typeof edge>;

/** What `/ops/stream` sends about once a second: the service and those it asks, joined. */
export const systemSnapshot = z.object({
  at: z.iso.datetime(),
  /** The service that is asked first, then those it knows of. */
  services: z.array(watchedService),
  edges: z.array(edge),
  responsesPerSecond: z
    .object({ good: z.number(), degraded: z.number(), shed: z.number(), failed: z.number() })
    .nullable()
    .describe('of the first service; null: nobody watched a second ago'),
  transitions: z.array(transition).describe('the latest ones, oldest first'),
});
export type SystemSnapshot = z.infer<typeof systemSnapshot>;
