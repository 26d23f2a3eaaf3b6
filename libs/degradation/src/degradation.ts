import { z } from 'zod';

/** Why a part of an answer is not the best the platform can give. */
export const degradationReason = z.enum([
  'timeout',
  'breaker-open',
  'bulkhead-full',
  'upstream-error',
  'unreachable',
  'flag-off',
  'overload',
]);
export type DegradationReason = z.infer<typeof degradationReason>;

/** One feature of an answer that is degraded: why, and where its value came from instead. */
export const degradation = z
  .object({
    feature: z.string(),
    reason: degradationReason,
    source: z.string(),
    asOf: z.iso.datetime().optional().describe('when the value served was read'),
  })
  .meta({ id: 'Degradation' });
export type Degradation = z.infer<typeof degradation>;
