import type { ProductPage as StorePage } from '@film-store/contracts';

/** The page that all gateways of the benchmarks send. Parts that a clone adds to the page of the store are no part of it. */
export type ProductPage = Pick<
  StorePage,
  // #region part: recommendations
  | 'recommendations'
  // #endregion part: recommendations
  | 'product'
  | 'availability'
  | 'degraded'
>;
