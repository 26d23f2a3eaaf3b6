import { Inject, Injectable } from '@nestjs/common';
import type { Order, OrderFeed, OrderFeedQuery, OrderRequest } from '@film-store/contracts';
import { type ResilienceExecutor, requestContext } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database } from '../database/database.ts';
import { toFingerprint } from './fingerprint.ts';
import { readFeed } from './order-feed.repository.ts';
import { OrderGroups } from './order-groups.ts';
import { type PendingOrder, type Placement, placeAlone, placeTogether } from './order-placement.ts';
import { findOrder } from './orders.repository.ts';

/** Places and reads orders. */
@Injectable()
export class OrdersService {
  readonly #groups: OrderGroups<PendingOrder, Placement>;

  constructor(@Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>) {
    this.#groups = new OrderGroups({
      placeAlone: (order) => placeAlone(database, order),
      placeTogether: (orders) => placeTogether(database, orders),
    });
  }

  /**
   * Places an order exactly once per key. One transaction commits the key with its outcome, the order and the stock; the
   * order gets its position in the feed afterwards. A repeated request with the same key gets the same outcome,
   * including `out-of-stock`.
   * @throws Problem `idempotency-key-reused` when the key belongs to another request; `validation-failed` for an unknown
   * product or `deadline-exceeded` when no time is left, both leave the key free
   */
  place({ principal, key }: { principal: string; key: string }, request: OrderRequest): Promise<Placement> {
    return this.#groups.place({
      key,
      fingerprint: toFingerprint(request),
      buyer: { principal, email: request.email ?? null },
      items: request.items,
      deadline: requestContext.get()?.deadline,
    });
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
