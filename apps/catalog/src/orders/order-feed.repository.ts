import { asc, gt, sql } from 'drizzle-orm';
import type { OrderFeed, OrderFeedQuery } from '@film-store/contracts';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';

/** Orders that one read can number. As many as the largest page has, so that a page is full while orders wait. */
const NUMBERED_PER_READ = 1000;

/** Stricter levels would not see the positions that were given while the transaction waited for the lock. */
const READ_COMMITTED = { isolationLevel: 'read committed' } as const;

/**
 * Numbers the orders that have committed without a position, then reads a page. Orders are numbered after their commit
 * and one batch after another, so a reader never misses a lower position, and no order waits for another one.
 */
export async function readFeed(db: Database, { after, limit }: OrderFeedQuery): Promise<OrderFeed> {
  if (await needsNumbering(db)) await db.transaction(numberOrders, READ_COMMITTED);
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

/** Resolves with `false` on a server that accepts reads only, so that the numbered orders can still be read. */
async function needsNumbering(db: Database): Promise<boolean> {
  const { rows } = (await db.execute(sql`
    select exists (select from ${orders} where seq is null)
      and current_setting('transaction_read_only') = 'off' as needed
  `)) as { rows: { needed: boolean }[] };
  return rows[0]?.needed === true;
}

/** The order by id makes PostgreSQL use the small index of orders without a position, however many there are. */
async function numberOrders(tx: Transaction): Promise<void> {
  await lockUntilCommit(tx, 'feed');
  await tx.execute(sql`
    with unnumbered as (
      select id, created_at from ${orders} where seq is null order by id limit ${NUMBERED_PER_READ}
    ), numbered as (
      select id, row_number() over (order by created_at, id) + (select greatest(max(seq), 0) from ${orders}) as position
      from unnumbered
    )
    update ${orders} set seq = numbered.position from numbered where orders.id = numbered.id
  `);
}
