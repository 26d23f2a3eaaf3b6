import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Order, type OrderRequest, order, orderId, orderRequest } from '@film-store/contracts';
import { IDEMPOTENT_REPLAYED } from '@film-store/core';
import { ApiIdempotent } from '@film-store/idempotency/openapi';
import { UseRoutePolicy } from '@film-store/http-server';
import { DerivedIdempotencyKey, Idempotent } from '@film-store/idempotency';
import { ApiProblems, ApiSuccess } from '../api/api-responses.ts';
import { Principal, PrincipalGuard } from '../auth/principal.guard.ts';
import { OrdersService } from './orders.service.ts';

interface Reply {
  header(name: string, value: string): unknown;
}

@ApiTags('orders')
@Controller('api/orders')
@UseGuards(PrincipalGuard)
@ApiBearerAuth()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @Idempotent()
  @ApiIdempotent()
  @UseRoutePolicy({ budgetMs: 5000, priority: 'critical' })
  @ApiOperation({ summary: 'Place an order' })
  @ApiSuccess(201, order)
  @ApiProblems('unauthorized', 'validation-failed', 'out-of-stock', 'unavailable')
  async place(
    @Principal() principal: string,
    @DerivedIdempotencyKey() idempotencyKey: string,
    @Body({ schema: orderRequest }) request: OrderRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Order> {
    const placed = await this.orders.place(request, { principal, idempotencyKey });
    if (placed.replayed) reply.header(IDEMPOTENT_REPLAYED, 'true');
    reply.header('location', `/api/orders/${placed.order.id}`);
    return placed.order;
  }

  @Get(':id')
  @ApiOperation({ summary: 'Get an order' })
  @ApiSuccess(200, order)
  @ApiProblems('unauthorized', 'validation-failed', 'not-found')
  order(@Param('id', { schema: orderId }) id: string, @Principal() principal: string): Promise<Order> {
    return this.orders.get(id, principal);
  }
}
