import { z } from 'zod';

/** Reasons why a part of a response does not come from its best source. */
export const degradationReason = z.enum([
  'timeout',
  'breaker-open',
  'bulkhead-full',
  'upstream-error',
  'unreachable',
  // #region part: flags
  'flag-off',
  // #endregion part: flags
  'overload',
]);
export type DegradationReason = z.infer<typeof degradationReason>;

/** An entry of the `degraded` list of a response: the reason, and the source that replaced the best one. */
export const degradation = z
  .object({
    feature: z.string(),
    reason: degradationReason,
    source: z.string(),
    asOf: z.iso.datetime().optional().describe('when the value was read'),
  })
  .meta({ id: 'Degradation' });
export type Degradation = z.infer<typeof degradation>;
