import type { OrderFeedEntry } from '@film-store/contracts';

/** An entry of the feed with one unit of each product; its order's id is made of `history` and `seq`. */
export const entry = (seq: number, productIds: readonly string[], history = 0): OrderFeedEntry => ({
  seq,
  orderId: `0000000${history}-0000-4000-8000-${String(seq).padStart(12, '0')}`,
  items: productIds.map((productId) => ({ productId, quantity: 1 })),
});
