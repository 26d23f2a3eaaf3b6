import { z } from 'zod';

/** How one of the things is that a service depends on. Other members are for people. */
const condition = z.looseObject({
  status: z
    .enum(['up', 'degraded', 'down'])
    .describe('`down`: the service is not ready for want of it; `degraded`: it does without, or with less.'),
  critical: z.boolean().describe('Whether the service is not ready without it.'),
  responseTime: z.int().min(0).describe('How long it took to find out, in milliseconds.'),
  cachedResponse: z
    .literal(true)
    .optional()
    .describe('Found out for an earlier probe, a second ago at most.'),
  message: z.string().optional().describe('What is wrong.'),
  breaker: z
    .enum(['closed', 'open', 'half-open', 'recovering', 'isolated', 'forced-closed'])
    .optional()
    .describe('The state of the breaker before it.'),
});

/** What `/health/ready` and `/health/deep` answer: Terminus' body, each finding told once. */
export const healthReport = z.strictObject({
  status: z
    .enum(['ok', 'degraded', 'error', 'starting', 'shutting_down'])
    .describe('200 with `ok` and `degraded`, 503 with the others.'),
  details: z.record(z.string(), condition).describe('What was looked at, by name.'),
});

export type HealthReport = z.infer<typeof healthReport>;
