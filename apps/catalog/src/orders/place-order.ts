import type { Order, OrderRequest } from '#libs/contracts';
import { Problem } from '#libs/http';
import type { Database, Transaction } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';
import { boundStatements } from '../database/statement-deadline.ts';
import { fingerprintOf } from './fingerprint.ts';
import { appendToFeed } from './order-feed.ts';
import { priceLines, totalOf } from './order-lines.ts';
import { type OrderRow, findByKey, toOrder } from './read-order.ts';
import { takeFromStock } from './take-from-stock.ts';

/** Longest run of one statement, in milliseconds: an order waits for others of the same films. */
const STATEMENT_TIMEOUT_MS = 5000;

export interface Placement {
  readonly order: Order;
  /** Whether an earlier request with the same key had placed it. */
  readonly replayed: boolean;
}

/**
 * Places an order exactly once per key. The key, the order, the stock it takes and its place in the feed are
 * committed together or not at all; the same request under the same key gets the order it got before.
 * @throws Problem `idempotency-key-reused` when another request was made under the key; `out-of-stock` or
 * `validation-failed` when it cannot be fulfilled, `deadline-exceeded` when no time is left; the key is then free again
 */
export async function placeOrder(db: Database, key: string, request: OrderRequest): Promise<Placement> {
  const lines = await priceLines(db, request);
  const fingerprint = fingerprintOf(request);
  return db.transaction(
    async (tx) => {
      await boundStatements(tx, STATEMENT_TIMEOUT_MS);
      const row = await insertOrder(tx, {
        idempotencyKey: key,
        fingerprint,
        email: request.email ?? null,
        status: 'confirmed',
        total: totalOf(lines),
      });
      if (!row) return { order: await replay(tx, key, fingerprint), replayed: true };
      await takeFromStock(tx, lines);
      await tx.insert(orderItems).values(lines.map((line) => ({ orderId: row.id, ...line })));
      await appendToFeed(tx, row.id);
      return { order: toOrder(row, lines), replayed: false };
    },
    // Stricter levels would not see what the transaction waited for.
    { isolationLevel: 'read committed' },
  );
}

/** Waits for a transaction that holds the same key; `undefined` when it committed an order under it. */
async function insertOrder(
  tx: Transaction,
  order: typeof orders.$inferInsert,
): Promise<OrderRow | undefined> {
  const [row] = await tx
    .insert(orders)
    .values(order)
    .onConflictDoNothing({ target: orders.idempotencyKey })
    .returning();
  return row;
}

async function replay(tx: Transaction, key: string, fingerprint: string): Promise<Order> {
  const placed = await findByKey(tx, key);
  if (placed?.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused');
  return placed.order;
}
