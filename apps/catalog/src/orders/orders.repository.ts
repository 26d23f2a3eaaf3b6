import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Order, OrderRequest } from '@film-store/contracts';
import { toMoney } from '../currency.ts';
import type { Database, Transaction } from '../database/database.ts';
import { films, orderItems, orders } from '../database/schema.ts';
import { type OrderLine, sumLines } from './order-lines.ts';

/** Returns prices in cents by product id. Unknown products are missing. */
export async function readPrices(
  db: Database,
  { items }: Pick<OrderRequest, 'items'>,
): Promise<Map<string, number>> {
  const ids = items.map(({ productId }) => productId);
  const rows = await db
    .select({ id: films.id, price: films.price })
    .from(films)
    .where(inArray(films.id, ids));
  return new Map(rows.map(({ id, price }) => [id, price]));
}

export async function findOrder(db: Database, id: string, principal: string): Promise<Order | undefined> {
  const row = await db.query.orders.findFirst({
    where: and(eq(orders.id, id), eq(orders.principal, principal)),
    with: { items: { orderBy: asc(orderItems.position) } },
  });
  return row && toOrder(row, row.items);
}

export async function insertOrder(
  tx: Transaction,
  buyer: { readonly principal: string; readonly email: string | null },
  lines: readonly OrderLine[],
): Promise<Order> {
  const [row] = await tx
    .insert(orders)
    .values({ ...buyer, status: 'confirmed', total: sumLines(lines) })
    .returning();
  await tx.insert(orderItems).values(lines.map((line) => ({ orderId: row!.id, ...line })));
  return toOrder(row!, lines);
}

function toOrder(row: typeof orders.$inferSelect, lines: readonly OrderLine[]): Order {
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
