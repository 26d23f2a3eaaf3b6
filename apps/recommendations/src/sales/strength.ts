/** Common orders at which a co-purchase has half of its weight. Limits the effect of chance. */
const ORDERS_FOR_HALF_WEIGHT = 3;

/** A film that was bought together with another one. */
export interface CoPurchase {
  /** Number of common orders. */
  readonly together: number;
  /** Number of all orders of the film. */
  readonly otherOrders: number;
}

/**
 * Computes the strength of a co-purchase, from 0 to 1: the cosine of the two films' orders, which discounts best-sellers,
 * weighted by the number of common orders.
 * @param orders number of all orders of the first film
 */
export function computeStrength(orders: number, { together, otherOrders }: CoPurchase): number {
  const cosine = together / Math.sqrt(orders * otherOrders);
  return (cosine * together) / (together + ORDERS_FOR_HALF_WEIGHT);
}
