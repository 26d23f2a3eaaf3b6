import { and, asc, eq, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import type { Database } from '../database/database.ts';
import { orderItems, orderKeys, orders, stock } from '../database/schema.ts';
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

/**
 * Takes an order from the stock and stores it with the outcome of its key, in the last statement of its transaction.
 * Locks rows of the stock in the order of product ids, so two orders of the same products cannot deadlock. If the stock
 * is too low for a line, stores only the outcome.
 */
export async function storeOrder(
  commitWith: CommitWith,
  key: string,
  { principal, email }: Buyer,
  { order, lines }: { readonly order: Order; readonly lines: readonly OrderLine[] },
): Promise<OrderOutcome> {
  const { id, status, total, createdAt } = order;
  const placed: OrderOutcome = { kind: 'placed', order };
  const toColumn = (name: keyof OrderLine) => sql.param(lines.map((line) => line[name]));
  const { rows } = await commitWith(sql`
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
      select position, product_id from line where position not in (select position from available)
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
    )
    update ${orderKeys} set outcome = case when exists (select from placed)
      then ${JSON.stringify(placed)}::json
      else (
        select json_build_object('kind', 'out-of-stock', 'errors', json_agg(json_build_object(
          'pointer', '/items/' || position || '/quantity',
          'detail', 'the stock of ' || product_id || ' is too low'
        ) order by position)) from missing
      )
    end where key = ${key} returning outcome
  `);
  const [stored] = rows as { outcome: OrderOutcome }[];
  return stored!.outcome;
}
