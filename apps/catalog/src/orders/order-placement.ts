import { randomUUID } from 'node:crypto';
import type { OrderRequest } from '@film-store/contracts';
import type { ResilienceExecutor } from '@film-store/core';
import type { Database } from '../database/database.ts';
import { runShortTransaction } from '../database/short-transaction.ts';
import { limitStatements } from '../database/statement-deadline.ts';
import {
  type Claim,
  type OrderOutcome,
  type RequestKey,
  claimKeys,
  readOutcome,
} from './order-keys.repository.ts';
import { requireKnownProducts, sumLines, toOrder, toOrderLines } from './order-lines.ts';
import { type Buyer, type ClaimedOrder, storeOrders } from './orders.repository.ts';

/**
 * Longest time to place an order and to run each of its statements, in milliseconds. Orders of the same films wait for
 * one another. The commit can still succeed after a timeout; a retry with the same key then returns the order.
 */
export const ORDER_BUDGET_MS = 5000;

const EXECUTE_OPTIONS = { timeoutMs: ORDER_BUDGET_MS, summary: 'BATCH orders' };

/** An order to place. */
export interface PendingOrder extends RequestKey, Pick<OrderRequest, 'items'> {
  readonly buyer: Buyer;
  /** Deadline of the request, on the clock of `monotonicNow`. */
  readonly deadline: number | undefined;
}

export interface Placement {
  readonly outcome: OrderOutcome;
  /** `true` if the outcome is from an earlier request with the same key. */
  readonly replayed: boolean;
}

/**
 * Places an order in a transaction of its own, or reads the outcome of its key.
 * @throws see `OrdersService.place`
 */
export const placeAlone = (database: ResilienceExecutor<Database>, order: PendingOrder): Promise<Placement> =>
  database.execute(
    (db) =>
      runShortTransaction(db, async (tx, commitWith) => {
        await limitStatements(tx, ORDER_BUDGET_MS);
        const claim = await claimKeys(tx, [order]);
        requireKnownProducts(order, claim.prices);
        if (!claim.keys.has(order.key)) return { outcome: await readOutcome(tx, order), replayed: true };
        const [outcome] = await storeOrders(commitWith, [toClaimedOrder(order, claim)]);
        return { outcome: outcome!, replayed: false };
      }),
    EXECUTE_OPTIONS,
  );

/**
 * Places orders with different keys in one transaction, in their sequence. Each gets the outcome that it would get alone.
 * Resolves with `undefined` for orders whose key was not free or whose products are not all known.
 * @throws an error that may concern one order only, for example when its time is over
 */
export const placeTogether = (
  database: ResilienceExecutor<Database>,
  orders: readonly PendingOrder[],
): Promise<readonly (Placement | undefined)[]> =>
  database.execute(
    (db) =>
      runShortTransaction(db, async (tx, commitWith) => {
        await limitStatements(tx, ORDER_BUDGET_MS, toFirstDeadline(orders));
        const claim = await claimKeys(tx, orders);
        const claimed = orders.filter(({ key }) => claim.keys.has(key));
        if (claimed.length === 0) return [];
        const outcomes = await storeOrders(
          commitWith,
          claimed.map((order) => toClaimedOrder(order, claim)),
        );
        const placements = new Map(
          claimed.map(({ key }, index) => [key, { outcome: outcomes[index]!, replayed: false }]),
        );
        return orders.map(({ key }) => placements.get(key));
      }),
    EXECUTE_OPTIONS,
  );

function toClaimedOrder({ key, buyer, items }: PendingOrder, { claimedAt, prices }: Claim): ClaimedOrder {
  const lines = toOrderLines({ items }, prices);
  const total = sumLines(lines);
  const order = toOrder({ id: randomUUID(), status: 'confirmed', total, createdAt: claimedAt }, lines);
  return { key, buyer, order, lines };
}

const toFirstDeadline = (orders: readonly PendingOrder[]): number =>
  Math.min(...orders.map(({ deadline = Infinity }) => deadline));
