import { and, asc, eq, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import type { Database, Transaction } from '../database/database.ts';
import { orderItems, orderKeys, orders, stock } from '../database/schema.ts';
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

/**
 * Takes an order from the stock and stores it with the outcome of its key, in one statement. It must be the last one of
 * its transaction, because it holds the rows of the stock until the commit. Locks them in the order of product ids, so
 * two orders of the same products cannot deadlock.
 * @returns the lines for which the stock is too low; with any, nothing is stored
 */
export async function storeOrder(
  tx: Transaction,
  key: string,
  { principal, email }: Buyer,
  { order, lines }: { readonly order: Order; readonly lines: readonly OrderLine[] },
): Promise<OrderLine[]> {
  const { id, status, total, createdAt } = order;
  const outcome: OrderOutcome = { kind: 'placed', order };
  const toColumn = (name: keyof OrderLine) => sql.param(lines.map((line) => line[name]));
  const { rows } = (await tx.execute(sql`
    with line as (
      select * from unnest(
        ${toColumn('position')}::int[], ${toColumn('productId')}::text[],
        ${toColumn('quantity')}::int[], ${toColumn('unitPrice')}::int[]
      ) as line (position, product_id, quantity, unit_price)
    ), available as (
      select line.* from line join ${stock} using (product_id)
      where stock.quantity >= line.quantity
      order by product_id collate "C"
      for no key update of stock
    ), missing as (
      select position from line where position not in (select position from available)
    ), placed as (
      insert into ${orders} (id, principal, email, status, total, created_at)
      select ${id}::uuid, ${principal}, ${email}, ${status}, ${total.amount}::int, ${createdAt}::timestamptz
      where not exists (select from missing)
      returning id
    ), items as (
      insert into ${orderItems} (order_id, position, product_id, quantity, unit_price)
      select placed.id, line.position, line.product_id, line.quantity, line.unit_price from placed, line
    ), taken as (
      update ${stock} set quantity = stock.quantity - available.quantity, updated_at = now()
      from placed, available where stock.product_id = available.product_id
    ), recorded as (
      update ${orderKeys} set outcome = ${JSON.stringify(outcome)}::json from placed where key = ${key}
    )
    select position from missing order by position
  `)) as { rows: { position: number }[] };
  return rows.map(({ position }) => lines[position]!);
}
