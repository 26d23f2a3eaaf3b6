import { degradation, degradationReason } from '@film-store/degradation';
import { z } from 'zod';
import { availability, cursor, product } from './product.ts';

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
