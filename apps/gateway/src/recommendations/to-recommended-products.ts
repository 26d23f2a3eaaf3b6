import type { Product, RecommendedProducts } from '@film-store/contracts';
import type { Degradable } from '@film-store/degradation';

/** Converts recommendations to a response body. */
export const toRecommendedProducts = (
  recommended: Degradable<Product[], RecommendedProducts['source']>,
): RecommendedProducts => ({
  items: recommended.value,
  source: recommended.source,
  degraded: recommended.degraded,
  ...(recommended.degraded && { reason: recommended.reason }),
});
