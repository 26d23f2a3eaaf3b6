import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DegradedInterceptor, memoryLastKnownGood, redisLastKnownGood } from '#libs/degradation';
import { CONFIG, RedisConnection } from '#libs/platform';
import { UpstreamModule } from '#libs/resilience';
import type { GatewayConfig } from './gateway.config.ts';
import { HomeController } from './home/home.controller.ts';
import { HomeService } from './home/home.service.ts';
import { OrdersController } from './orders/orders.controller.ts';
import { LAST_KNOWN_GOOD, PicksService } from './picks/picks.service.ts';
import { ProductsController } from './products/products.controller.ts';
import { ProductsService } from './products/products.service.ts';
import { CatalogClient } from './upstreams/catalog.client.ts';
import { RecommendationsClient } from './upstreams/recommendations.client.ts';

/** Longest time for one call to catalog, in milliseconds: a read's budget of one second, less our own work. */
const CATALOG_TIMEOUT_MS = 900;
/** Recommendations can be done without, so less: the fallback has to fit into the budget too. */
const RECOMMENDATIONS_TIMEOUT_MS = 600;

@Module({
  imports: [
    UpstreamModule.register({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => ({ url: config.CATALOG_URL, timeoutMs: CATALOG_TIMEOUT_MS }),
    }),
    UpstreamModule.register({
      name: 'recommendations',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => ({
        url: config.RECOMMENDATIONS_URL,
        timeoutMs: RECOMMENDATIONS_TIMEOUT_MS,
      }),
    }),
  ],
  controllers: [HomeController, ProductsController, OrdersController],
  providers: [
    RedisConnection,
    CatalogClient,
    RecommendationsClient,
    PicksService,
    HomeService,
    ProductsService,
    {
      provide: LAST_KNOWN_GOOD,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection) =>
        client ? redisLastKnownGood(client) : memoryLastKnownGood(),
    },
    { provide: APP_INTERCEPTOR, useClass: DegradedInterceptor },
  ],
})
export class GatewayModule {}
