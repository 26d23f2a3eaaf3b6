import { asc, eq, gt, max } from 'drizzle-orm';
import type { OrderFeed, OrderFeedQuery } from '@film-store/contracts';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';

/**
 * Gives an order the next position in the feed. Must be the last statement of its transaction: from here on, orders
 * commit one after another in the order of their positions, so a reader never misses a lower position.
 */
export async function appendToFeed(tx: Transaction, orderId: string): Promise<void> {
  await lockUntilCommit(tx, 'feed');
  const [feed] = await tx.select({ last: max(orders.seq) }).from(orders);
  await tx
    .update(orders)
    .set({ seq: (feed?.last ?? 0) + 1 })
    .where(eq(orders.id, orderId));
}

export async function readFeed(db: Database, { after, limit }: OrderFeedQuery): Promise<OrderFeed> {
  const rows = await db.query.orders.findMany({
    columns: { id: true, seq: true },
    with: {
      items: { columns: { productId: true, quantity: true }, orderBy: asc(orderItems.position) },
    },
    where: gt(orders.seq, after),
    orderBy: asc(orders.seq),
    limit,
  });
  return { entries: rows.map(({ id, seq, items }) => ({ seq: seq!, orderId: id, items })) };
}
