import { degradation } from '@film-store/degradation';
import { z } from 'zod';
import { degradableList } from './degradable-list.ts';
import { pageParts } from './page-parts.ts';
import { availability, cursor, product, productDetail } from './product.ts';

/** Popular films on the home page. */
export const featuredProducts = degradableList(product, ['popular', 'none']).meta({ id: 'FeaturedProducts' });
export type FeaturedProducts = z.infer<typeof featuredProducts>;

const degraded = z
  .array(degradation)
  .describe('every degraded part of this response; empty if it is complete');

export const home = z.object({ featured: featuredProducts, degraded }).meta({ id: 'Home' });
export type Home = z.infer<typeof home>;

export const productPage = z
  .object({
    product,
    asOf: productDetail.shape.asOf,
    availability: availability.extend({ stale: z.boolean() }),
    ...pageParts,
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
