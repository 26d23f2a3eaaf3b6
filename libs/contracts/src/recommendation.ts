import { z } from 'zod';
import { degradableList } from './degradable-list.ts';
import { product, productId } from './product.ts';

export const MAX_RECOMMENDATIONS = 50;

const limit = z.coerce.number().int().min(1).max(MAX_RECOMMENDATIONS).default(6);

export const recommendationsQuery = z.strictObject({ productId, limit });
export type RecommendationsQuery = z.infer<typeof recommendationsQuery>;

export const popularQuery = z.strictObject({ limit });
export type PopularQuery = z.infer<typeof popularQuery>;

/** Recommended products, best first. `asOf` is the time at which the films of the model were read from catalog. */
export const recommendations = z.object({ items: z.array(product), asOf: z.iso.datetime() });
export type Recommendations = z.infer<typeof recommendations>;

/** Recommendations on a page of the gateway. */
export const recommendedProducts = degradableList(product, ['personalized', 'popular', 'none']).meta({
  id: 'RecommendedProducts',
});
export type RecommendedProducts = z.infer<typeof recommendedProducts>;
