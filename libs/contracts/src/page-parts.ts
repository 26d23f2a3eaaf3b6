import type { z } from 'zod';
import { recommendedProducts } from './recommendation.ts';

/** The optional parts of a product page, by their property in the body. The gateway has a `PagePart` for each. */
export const pageParts = {
  recommendations: recommendedProducts,
};

/** Names a part in the body and in the `degraded` list of a product page. */
export type PageFeature = keyof typeof pageParts;
export type PagePartBodies = {
  readonly [Feature in PageFeature]: z.infer<(typeof pageParts)[Feature]>;
};
