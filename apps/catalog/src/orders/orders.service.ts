import type { Order, OrderRequest } from '@film-store/contracts';
import type { Database, Transaction } from '../database/database.ts';
import { orderItems, orders } from '../database/schema.ts';
import { boundStatements } from '../database/statement-deadline.ts';
import { fingerprintOf } from './fingerprint.ts';
import { appendToFeed } from './order-feed.repository.ts';
import { type OrderLine, priceLines, sumLines } from './order-lines.ts';
import { type OrderOutcome, recordOutcome, takeKey } from './order-keys.repository.ts';
import { toOrder } from './orders.repository.ts';
import { OutOfStock, takeFromStock } from './stock.repository.ts';

/**
 * How long placing an order may take, in milliseconds, and so any statement of it: an order waits for others of the
 * same films. When it is over, the order may still be committed; the same request under the same key then gets it.
 */
export const ORDER_BUDGET_MS = 5000;

export interface Placement {
  readonly outcome: OrderOutcome;
  /** Whether an earlier request with the same key came to it. */
  readonly replayed: boolean;
}

/**
 * Places an order exactly once per key. The key with its outcome, the order, the stock it takes and its place in the
 * feed are committed together or not at all; the same request under the same key gets the same outcome again, be it
 * an order or that there was not enough in stock.
 * @throws Problem `idempotency-key-reused` when another request was made under the key; `validation-failed` for an
 * unknown product, `deadline-exceeded` when no time is left: the key is then free again
 */
export async function placeOrder(
  db: Database,
  { principal, key }: { principal: string; key: string },
  request: OrderRequest,
): Promise<Placement> {
  const lines = await priceLines(db, request);
  const fingerprint = fingerprintOf(request);
  return db.transaction(
    async (tx) => {
      await boundStatements(tx, ORDER_BUDGET_MS);
      const earlier = await takeKey(tx, key, fingerprint);
      if (earlier) return { outcome: earlier, replayed: true };
      const outcome = await decide(tx, { principal, email: request.email ?? null }, lines);
      await recordOutcome(tx, key, outcome);
      if (outcome.kind === 'placed') await appendToFeed(tx, outcome.order.id);
      return { outcome, replayed: false };
    },
    // Stricter levels would not see what the transaction waited for.
    { isolationLevel: 'read committed' },
  );
}

interface Buyer {
  readonly principal: string;
  readonly email: string | null;
}

/** Within a savepoint, so that an order that cannot be fulfilled leaves nothing but its key. */
async function decide(tx: Transaction, buyer: Buyer, lines: readonly OrderLine[]): Promise<OrderOutcome> {
  try {
    return {
      kind: 'placed',
      order: await tx.transaction((savepoint) => insertOrder(savepoint, buyer, lines)),
    };
  } catch (error) {
    if (error instanceof OutOfStock) return { kind: 'out-of-stock', errors: error.errors };
    throw error;
  }
}

async function insertOrder(tx: Transaction, buyer: Buyer, lines: readonly OrderLine[]): Promise<Order> {
  await takeFromStock(tx, lines);
  const [row] = await tx
    .insert(orders)
    .values({ ...buyer, status: 'confirmed', total: sumLines(lines) })
    .returning();
  await tx.insert(orderItems).values(lines.map((line) => ({ orderId: row!.id, ...line })));
  return toOrder(row!, lines);
}
