import { and, asc, eq } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import { Problem } from '@film-store/problem';
import type { Database } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';
import { toMoney } from '../currency.ts';
import type { OrderLine } from './order-lines.ts';

export type OrderRow = typeof orders.$inferSelect;

/** @throws Problem `not-found`, also for an order of another principal */
export async function readOrder(db: Database, id: string, principal: string): Promise<Order> {
  const row = await db.query.orders.findFirst({
    where: and(eq(orders.id, id), eq(orders.principal, principal)),
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
      unitPrice: toMoney(unitPrice),
    })),
    total: toMoney(row.total),
    createdAt: row.createdAt.toISOString(),
  };
}
