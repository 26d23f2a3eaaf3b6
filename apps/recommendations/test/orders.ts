import type { OrderFeedEntry } from '@film-store/contracts';

/** Creates a feed entry with one unit of each product. The order id contains `history` and `seq`. */
export const entry = (seq: number, productIds: readonly string[], history = 0): OrderFeedEntry => ({
  seq,
  orderId: `0000000${history}-0000-4000-8000-${String(seq).padStart(12, '0')}`,
  items: productIds.map((productId) => ({ productId, quantity: 1 })),
});
