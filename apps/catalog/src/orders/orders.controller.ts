import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  type Order,
  type OrderFeed,
  type OrderFeedQuery,
  orderFeedQuery,
  orderId,
  type OrderRequest,
  orderRequest,
  parsePrincipal,
} from '@film-store/contracts';
import { IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED, PRINCIPAL } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { parseIdempotencyKey } from '@film-store/idempotency';
import { UseRoutePolicy } from '@film-store/http-server';
import { DatabaseConnection } from '../database/database-connection.ts';
import { readFeed } from './order-feed.repository.ts';
import { ORDER_BUDGET_MS, placeOrder } from './orders.service.ts';
import { readOrder } from './orders.repository.ts';

@Controller('orders')
export class OrdersController {
  constructor(private readonly database: DatabaseConnection) {}

  @Post()
  @UseRoutePolicy({ budgetMs: ORDER_BUDGET_MS, priority: 'critical' })
  async place(
    @Headers(PRINCIPAL) principal: string | undefined,
    @Headers(IDEMPOTENCY_KEY) key: string | undefined,
    @Body({ schema: orderRequest }) request: OrderRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    const placing = { principal: parsePrincipal(principal), key: parseIdempotencyKey(key) };
    const { outcome, replayed } = await this.database.execute((db) => placeOrder(db, placing, request), {
      timeoutMs: ORDER_BUDGET_MS,
      // A transaction of several statements.
      summary: 'BATCH orders',
    });
    if (replayed) void reply.header(IDEMPOTENT_REPLAYED, 'true');
    if (outcome.kind === 'out-of-stock') throw new Problem('out-of-stock', { errors: outcome.errors });
    void reply.header('location', `/orders/${outcome.order.id}`);
    return outcome.order;
  }

  @Get('feed')
  feed(@Query({ schema: orderFeedQuery }) query: OrderFeedQuery): Promise<OrderFeed> {
    return this.database.execute((db) => readFeed(db, query), { summary: 'SELECT orders order_items' });
  }

  @Get(':id')
  get(
    @Param('id', { schema: orderId }) id: string,
    @Headers(PRINCIPAL) principal: string | undefined,
  ): Promise<Order> {
    const reader = parsePrincipal(principal);
    return this.database.execute((db) => readOrder(db, id, reader), { summary: 'SELECT orders order_items' });
  }
}
