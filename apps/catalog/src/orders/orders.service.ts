import { Inject, Injectable } from '@nestjs/common';
import type { Order, OrderFeed, OrderFeedQuery, OrderRequest } from '@film-store/contracts';
import type { ResilienceExecutor } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database, Transaction } from '../database/database.ts';
import { limitStatements } from '../database/statement-deadline.ts';
import { toFingerprint } from './fingerprint.ts';
import { appendToFeed, readFeed } from './order-feed.repository.ts';
import { type OrderOutcome, recordOutcome, claimKey } from './order-keys.repository.ts';
import { type OrderLine, toOrderLines } from './order-lines.ts';
import { findOrder, insertOrder, readPrices } from './orders.repository.ts';
import { OutOfStock, takeFromStock } from './stock.repository.ts';

/**
 * Longest time to place an order and to run each of its statements, in milliseconds. Orders of the same films wait for
 * one another. The commit can still succeed after a timeout; a retry with the same key then returns the order.
 */
export const ORDER_BUDGET_MS = 5000;

export interface Placement {
  readonly outcome: OrderOutcome;
  /** `true` if the outcome is from an earlier request with the same key. */
  readonly replayed: boolean;
}

/** Places and reads orders. */
@Injectable()
export class OrdersService {
  constructor(@Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>) {}

  /**
   * Places an order exactly once per key. One transaction commits the key with its outcome, the order, the stock and the
   * position in the feed. A repeated request with the same key gets the same outcome, including `out-of-stock`.
   * @throws Problem `idempotency-key-reused` when the key belongs to another request; `validation-failed` for an unknown
   * product or `deadline-exceeded` when no time is left, both leave the key free
   */
  place({ principal, key }: { principal: string; key: string }, request: OrderRequest): Promise<Placement> {
    const buyer = { principal, email: request.email ?? null };
    return this.database.execute(
      async (db) => {
        const lines = toOrderLines(request, await readPrices(db, request));
        return db.transaction(
          (tx) => placeOnce(tx, { key, fingerprint: toFingerprint(request) }, buyer, lines),
          // Stricter levels would not see rows committed while the transaction waited for a lock.
          { isolationLevel: 'read committed' },
        );
      },
      { timeoutMs: ORDER_BUDGET_MS, summary: 'BATCH orders' },
    );
  }

  /** @throws Problem `not-found`, also for an order of another principal */
  async get(id: string, principal: string): Promise<Order> {
    const order = await this.database.execute((db) => findOrder(db, id, principal), {
      summary: 'SELECT orders order_items',
    });
    if (!order) throw new Problem('not-found', { detail: 'the order does not exist' });
    return order;
  }

  feed(query: OrderFeedQuery): Promise<OrderFeed> {
    return this.database.execute((db) => readFeed(db, query), { summary: 'SELECT orders order_items' });
  }
}

interface Buyer {
  readonly principal: string;
  readonly email: string | null;
}

async function placeOnce(
  tx: Transaction,
  { key, fingerprint }: { key: string; fingerprint: string },
  buyer: Buyer,
  lines: readonly OrderLine[],
): Promise<Placement> {
  await limitStatements(tx, ORDER_BUDGET_MS);
  const earlier = await claimKey(tx, key, fingerprint);
  if (earlier) return { outcome: earlier, replayed: true };
  const outcome = await sell(tx, buyer, lines);
  await recordOutcome(tx, key, outcome);
  if (outcome.kind === 'placed') await appendToFeed(tx, outcome.order.id);
  return { outcome, replayed: false };
}

/** Rolls back to a savepoint if stock is too low, so only the key is stored. */
async function sell(tx: Transaction, buyer: Buyer, lines: readonly OrderLine[]): Promise<OrderOutcome> {
  try {
    const order = await tx.transaction(async (savepoint) => {
      await takeFromStock(savepoint, lines);
      return insertOrder(savepoint, buyer, lines);
    });
    return { kind: 'placed', order };
  } catch (error) {
    if (error instanceof OutOfStock) return { kind: 'out-of-stock', errors: error.errors };
    throw error;
  }
}
