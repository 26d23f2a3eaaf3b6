import { z } from 'zod';
import { availability, cursor, product } from './product.ts';

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
    since: z.iso.datetime().optional().describe('when the feature became degraded'),
    asOf: z.iso.datetime().optional().describe('when the value served was read'),
  })
  .meta({ id: 'Degradation' });
export type Degradation = z.infer<typeof degradation>;

/** Films picked for a place on a page, and how good the pick is. */
export const picks = z
  .object({
    items: z.array(product),
    source: z.enum(['personalised', 'popular', 'none']),
    degraded: z.boolean(),
    reason: degradationReason.optional(),
  })
  .meta({ id: 'Picks' });
export type Picks = z.infer<typeof picks>;

const degraded = z.array(degradation).describe('every degraded part of this answer; empty when all is well');

export const home = z.object({ featured: picks, degraded }).meta({ id: 'Home' });
export type Home = z.infer<typeof home>;

export const productPage = z
  .object({
    product,
    availability: availability.extend({ stale: z.boolean() }),
    recommendations: picks,
    degraded,
  })
  .meta({ id: 'ProductPage' });
export type ProductPage = z.infer<typeof productPage>;

export const productIndex = z
  .object({
    items: z.array(product),
    nextCursor: cursor.nullable(),
    asOf: z.iso.datetime(),
    stale: z.boolean(),
    degraded,
  })
  .meta({ id: 'ProductIndex' });
export type ProductIndex = z.infer<typeof productIndex>;
