import { asc, eq } from 'drizzle-orm';
import type { Order } from '#libs/contracts';
import { Problem } from '#libs/http';
import type { Database } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';
import { euros } from '../euros.ts';
import type { OrderLine } from './order-lines.ts';

export type OrderRow = typeof orders.$inferSelect;

/** @throws Problem `not-found` */
export async function readOrder(db: Database, id: string): Promise<Order> {
  const row = await db.query.orders.findFirst({
    where: eq(orders.id, id),
    with: { items: { orderBy: asc(orderItems.position) } },
  });
  if (!row) throw new Problem('not-found', { detail: 'there is no such order' });
  return toOrder(row, row.items);
}

export function toOrder(row: OrderRow, lines: readonly OrderLine[]): Order {
  return {
    id: row.id,
    status: row.status,
    items: lines.map(({ productId, quantity, unitPrice }) => ({
      productId,
      quantity,
      unitPrice: euros(unitPrice),
    })),
    total: euros(row.total),
    createdAt: row.createdAt.toISOString(),
  };
}
