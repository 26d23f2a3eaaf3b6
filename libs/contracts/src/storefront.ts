import { degradation, degradationReason } from '@film-store/degradation';
import { z } from 'zod';
import { availability, cursor, product } from './product.ts';

export const recommendedProducts = z
  .object({
    items: z.array(product),
    source: z.enum(['personalized', 'popular', 'none']),
    degraded: z.boolean(),
    reason: degradationReason.optional(),
  })
  .meta({ id: 'RecommendedProducts' });
export type RecommendedProducts = z.infer<typeof recommendedProducts>;

const degraded = z
  .array(degradation)
  .describe('every degraded part of this response; empty if it is complete');

export const home = z.object({ featured: recommendedProducts, degraded }).meta({ id: 'Home' });
export type Home = z.infer<typeof home>;

export const productPage = z
  .object({
    product,
    availability: availability.extend({ stale: z.boolean() }),
    recommendations: recommendedProducts,
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
