import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Order, OrderFeed, OrderFeedQuery, OrderRequest } from '@film-store/contracts';
import type { ResilienceExecutor } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database } from '../database/database.ts';
import { runShortTransaction } from '../database/short-transaction.ts';
import { limitStatements } from '../database/statement-deadline.ts';
import { toFingerprint } from './fingerprint.ts';
import { readFeed } from './order-feed.repository.ts';
import { type OrderOutcome, claimKey, readOutcome } from './order-keys.repository.ts';
import { sumLines, toOrder, toOrderLines } from './order-lines.ts';
import { findOrder, storeOrder } from './orders.repository.ts';

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
   * Places an order exactly once per key. One transaction commits the key with its outcome, the order and the stock; the
   * order gets its position in the feed afterwards. A repeated request with the same key gets the same outcome,
   * including `out-of-stock`.
   * @throws Problem `idempotency-key-reused` when the key belongs to another request; `validation-failed` for an unknown
   * product or `deadline-exceeded` when no time is left, both leave the key free
   */
  place({ principal, key }: { principal: string; key: string }, request: OrderRequest): Promise<Placement> {
    const requestKey = { key, fingerprint: toFingerprint(request) };
    const buyer = { principal, email: request.email ?? null };
    return this.database.execute(
      (db) =>
        runShortTransaction(db, async (tx, commitWith) => {
          await limitStatements(tx, ORDER_BUDGET_MS);
          const { claimedAt, prices } = await claimKey(tx, requestKey, toProductIds(request));
          const lines = toOrderLines(request, prices);
          if (!claimedAt) return { outcome: await readOutcome(tx, requestKey), replayed: true };
          const total = sumLines(lines);
          const order = toOrder(
            { id: randomUUID(), status: 'confirmed', total, createdAt: claimedAt },
            lines,
          );
          const outcome = await storeOrder(commitWith, key, buyer, { order, lines });
          return { outcome, replayed: false };
        }),
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

const toProductIds = ({ items }: OrderRequest): string[] => items.map(({ productId }) => productId);
