import { z } from 'zod';
import { money, productId } from './product.ts';

const quantity = z.int().min(1).max(100);

/** An order of a client. Each product may occur once, so that its quantity is unambiguous. */
export const orderRequest = z
  .strictObject({
    items: z
      .array(z.strictObject({ productId, quantity }))
      .min(1)
      .max(50)
      .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
        message: 'must name each product once',
      }),
    email: z.email().max(254).optional(),
  })
  .meta({ id: 'OrderRequest' });
export type OrderRequest = z.infer<typeof orderRequest>;

export const orderId = z.uuid();

export const order = z
  .object({
    id: orderId,
    status: z.enum(['confirmed']),
    items: z.array(z.object({ productId, quantity, unitPrice: money })),
    total: money,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof order>;

/**
 * An entry of the order feed. `seq` grows in the order in which orders became visible: a reader that continues after its
 * last `seq` misses no order.
 */
export const orderFeedEntry = z.object({
  seq: z.int().positive(),
  orderId,
  items: z.array(z.object({ productId, quantity })),
});
export type OrderFeedEntry = z.infer<typeof orderFeedEntry>;

export const orderFeedQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
export type OrderFeedQuery = z.infer<typeof orderFeedQuery>;

/** Entries after the requested `seq`, oldest first; empty if there are no newer ones. */
export const orderFeed = z.object({ entries: z.array(orderFeedEntry) });
export type OrderFeed = z.infer<typeof orderFeed>;
