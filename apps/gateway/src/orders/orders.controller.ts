import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Order, type OrderRequest, order, orderId, orderRequest } from '@film-store/contracts';
import { IDEMPOTENT_REPLAYED } from '@film-store/core';
import { DerivedIdempotencyKey, Idempotent } from '@film-store/idempotency';
import { UseRoutePolicy } from '@film-store/http-server';
import { ApiSuccess, ApiProblems } from '../api/api-responses.ts';
import { Principal, PrincipalGuard } from '../auth/principal.guard.ts';
import { CatalogClient } from '../catalog/catalog.client.ts';
import { OrdersEnabledGuard } from './orders-enabled.guard.ts';

interface Reply {
  header(name: string, value: string): unknown;
}

@ApiTags('orders')
@Controller('api/orders')
@UseGuards(PrincipalGuard)
@ApiBearerAuth()
export class OrdersController {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly ordersEnabled: OrdersEnabledGuard,
  ) {}

  @Post()
  @Idempotent()
  @UseRoutePolicy({ budgetMs: 5000, priority: 'critical' })
  @ApiOperation({ summary: 'Place an order' })
  @ApiSuccess(201, order)
  @ApiProblems('unauthorised', 'validation-failed', 'out-of-stock', 'unavailable')
  async place(
    @Principal() principal: string,
    @DerivedIdempotencyKey() idempotencyKey: string,
    @Body({ schema: orderRequest }) request: OrderRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Order> {
    await this.ordersEnabled.assertEnabled();
    const placed = await this.catalog.placeOrder(request, { principal, idempotencyKey }, () =>
      reply.header(IDEMPOTENT_REPLAYED, 'true'),
    );
    reply.header('location', `/api/orders/${placed.id}`);
    return placed;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One order' })
  @ApiSuccess(200, order)
  @ApiProblems('unauthorised', 'validation-failed', 'not-found')
  order(
    @Param({ schema: z.object({ id: orderId }) }) { id }: { id: string },
    @Principal() principal: string,
  ): Promise<Order> {
    return this.catalog.order(id, principal);
  }
}
