import { z } from 'zod';

/** The result of one check. Other members are details for people. */
const checkResult = z.looseObject({
  status: z
    .enum(['up', 'degraded', 'down'])
    .describe('`down`: the service is not ready; `degraded`: it works with less.'),
  critical: z.boolean().describe('Whether a failure makes the service not ready.'),
  responseTime: z.int().min(0).describe('Duration of the check, in milliseconds.'),
  cachedResponse: z
    .literal(true)
    .optional()
    .describe('The result is from an earlier probe, at most one second ago.'),
  message: z.string().optional().describe('Reason of a failure.'),
  breaker: z
    .enum(['closed', 'open', 'half-open', 'recovering', 'isolated', 'forced-closed'])
    .optional()
    .describe('State of the circuit breaker of this dependency.'),
});

/** The response of `/health/ready` and `/health/deep`: that of Terminus without the duplicates in `info` and `error`. */
export const healthReport = z.strictObject({
  status: z
    .enum(['ok', 'degraded', 'error', 'starting', 'shutting_down'])
    .describe('200 with `ok` and `degraded`, 503 with the others.'),
  details: z.record(z.string(), checkResult).describe('Check results by name.'),
});

export type HealthReport = z.infer<typeof healthReport>;
