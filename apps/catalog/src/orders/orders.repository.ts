import { and, asc, eq, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import type { FieldError } from '@film-store/problem';
import type { Database } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';
import type { CommitWith } from '../database/short-transaction.ts';
import type { OrderOutcome } from './order-keys.repository.ts';
import { type OrderLine, toOrder } from './order-lines.ts';

export async function findOrder(db: Database, id: string, principal: string): Promise<Order | undefined> {
  const row = await db.query.orders.findFirst({
    where: and(eq(orders.id, id), eq(orders.principal, principal)),
    with: { items: { orderBy: asc(orderItems.position) } },
  });
  return row && toOrder(row, row.items);
}

export interface Buyer {
  readonly principal: string;
  readonly email: string | null;
}

/** An order whose key is claimed. */
export interface ClaimedOrder {
  readonly key: string;
  readonly buyer: Buyer;
  readonly order: Order;
  readonly lines: readonly OrderLine[];
}

/**
 * Takes orders from the stock, one after another, and stores each with the outcome of its key, in the last statement of
 * their transaction. If the stock is too low for a line, stores only the outcome. Locks rows of the stock in the order of
 * product ids, so that two calls for the same products cannot deadlock.
 * @returns the outcomes in the order of `orders`
 */
export async function storeOrders(
  commitWith: CommitWith,
  orders: readonly ClaimedOrder[],
): Promise<OrderOutcome[]> {
  const batch = JSON.stringify(orders.map(toRecord));
  const { rows } = await commitWith(sql`select store_orders(${batch}::json) as outcomes`);
  const [result] = rows as { outcomes: OrderOutcome[] }[];
  return result!.outcomes;
}

/** Returns the input of the function `store_orders`, which a migration defines. */
function toRecord({ key, buyer, order, lines }: ClaimedOrder) {
  const placed: OrderOutcome = { kind: 'placed', order };
  return {
    key,
    principal: buyer.principal,
    email: buyer.email,
    id: order.id,
    status: order.status,
    total: order.total.amount,
    created_at: order.createdAt,
    placed,
    lines: lines.map((line) => ({ ...line, shortage: toShortage(line) })),
  };
}

const toShortage = ({ position, productId }: OrderLine): FieldError => ({
  pointer: `/items/${position}/quantity`,
  detail: `the stock of ${productId} is too low`,
});
