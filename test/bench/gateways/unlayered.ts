/*
 * The order route of the gateway without its own idempotency: the same parts, but the client's key goes to catalog
 * unchanged. Node strips types but no decorators, so this file is compiled before it runs.
 */
import { Body, Controller, Headers, Module, Post, Res, UseGuards } from '@nestjs/common';
import { type Order, type OrderRequest, orderRequest } from '@film-store/contracts';
import { FeatureFlagsModule } from '@film-store/feature-flags';
import { IDEMPOTENCY_KEY } from '@film-store/core';
import { parseIdempotencyKey } from '@film-store/idempotency';
import { CONFIG, defineService, runService, toFlagsOptions, toUpstreamPolicies } from '@film-store/service';
import { UseRoutePolicy } from '@film-store/http-server';
import { UpstreamModule } from '@film-store/resilience';
import { AuthModule } from '../../../apps/gateway/src/auth/auth.module.ts';
import { Principal, PrincipalGuard } from '../../../apps/gateway/src/auth/principal.guard.ts';
import { type GatewayConfig, gatewayConfig } from '../../../apps/gateway/src/gateway.config.ts';
import { OrdersEnabledGuard } from '../../../apps/gateway/src/orders/orders-enabled.guard.ts';
import { CatalogClient } from '../../../apps/gateway/src/catalog/catalog.client.ts';

@Controller('api/orders')
@UseGuards(PrincipalGuard)
class OrdersController {
  constructor(
    private readonly catalog: CatalogClient,
    // #region part: flags
    private readonly ordersEnabled: OrdersEnabledGuard,
    // #endregion part: flags
  ) {}

  @Post()
  @UseRoutePolicy({ budgetMs: 5000, priority: 'critical' })
  async place(
    @Principal() principal: string,
    @Headers(IDEMPOTENCY_KEY) key: string | undefined,
    @Body({ schema: orderRequest }) request: OrderRequest,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): Promise<Order> {
    const idempotencyKey = parseIdempotencyKey(key);
    // #region part: flags
    await this.ordersEnabled.assertEnabled();
    // #endregion part: flags
    const { order } = await this.catalog.placeOrder(request, { principal, idempotencyKey });
    reply.header('location', `/api/orders/${order.id}`);
    return order;
  }
}

@Module({
  imports: [
    AuthModule,
    // #region part: flags
    FeatureFlagsModule.forRootAsync({ inject: [CONFIG], useFactory: toFlagsOptions }),
    // #endregion part: flags
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => ({
        url: config.CATALOG_URL,
        policies: toUpstreamPolicies('catalog', config),
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [CatalogClient, OrdersEnabledGuard],
})
class UnlayeredModule {}

await runService(
  defineService({ name: 'gateway', config: gatewayConfig, module: UnlayeredModule, trust: 'public' }),
);
