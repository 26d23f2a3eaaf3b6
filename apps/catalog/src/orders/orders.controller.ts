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
import { UseRoutePolicy } from '@film-store/http-server';
import { parseIdempotencyKey } from '@film-store/idempotency';
import { Problem } from '@film-store/problem';
import { ORDER_BUDGET_MS } from './order-placement.ts';
import { OrdersService } from './orders.service.ts';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @UseRoutePolicy({ budgetMs: ORDER_BUDGET_MS, priority: 'critical' })
  async place(
    @Headers(PRINCIPAL) principal: string | undefined,
    @Headers(IDEMPOTENCY_KEY) key: string | undefined,
    @Body({ schema: orderRequest }) request: OrderRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    const caller = { principal: parsePrincipal(principal), key: parseIdempotencyKey(key) };
    const { outcome, replayed } = await this.orders.place(caller, request);
    if (replayed) void reply.header(IDEMPOTENT_REPLAYED, 'true');
    if (outcome.kind === 'out-of-stock') throw new Problem('out-of-stock', { errors: outcome.errors });
    void reply.header('location', `/orders/${outcome.order.id}`);
    return outcome.order;
  }

  @Get('feed')
  feed(@Query({ schema: orderFeedQuery }) query: OrderFeedQuery): Promise<OrderFeed> {
    return this.orders.feed(query);
  }

  @Get(':id')
  get(
    @Param('id', { schema: orderId }) id: string,
    @Headers(PRINCIPAL) principal: string | undefined,
  ): Promise<Order> {
    return this.orders.get(id, parsePrincipal(principal));
  }
}
