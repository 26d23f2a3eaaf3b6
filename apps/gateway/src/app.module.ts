import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { memoryLastKnownGood, redisLastKnownGood, systemClock } from '@film-store/degradation';
import { FlagsModule } from '@film-store/feature-flags';
import { IdempotencyModule, memoryStore, redisStore } from '@film-store/idempotency';
import { CONFIG, serviceTokenHeaders } from '@film-store/service';
import { RedisConnection, RedisModule } from '@film-store/redis';
import { UpstreamModule } from '@film-store/resilience';
import { AuthModule } from './auth/auth.module.ts';
import { principalOf } from './auth/principal.guard.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { ControlRoomController } from './control-room/control-room.controller.ts';
import { HomeController } from './home/home.controller.ts';
import { HomeService } from './home/home.service.ts';
import { OrdersEnabledGuard } from './orders/orders-enabled.guard.ts';
import { OrdersController } from './orders/orders.controller.ts';
import { LAST_KNOWN_GOOD } from './last-known-good/last-known-good.module.ts';
import { RecommendationsService } from './recommendations/recommendations.service.ts';
import { ProductsController } from './products/products.controller.ts';
import { ProductsService } from './products/products.service.ts';
import { CatalogClient } from './catalog/catalog.client.ts';
import { RecommendationsClient } from './recommendations/recommendations.client.ts';

@Module({
  imports: [
    AuthModule,
    FlagsModule.register({ config: CONFIG }),
    RedisModule.forRootAsync({ inject: [CONFIG], useFactory: (config: GatewayConfig) => config }),
    IdempotencyModule.register({
      inject: [CONFIG, RedisConnection, PinoLogger],
      useFactory: (
        { IDEMPOTENCY_SECRET }: GatewayConfig,
        { client }: RedisConnection,
        logger: PinoLogger,
      ) => ({
        logger,
        documentationUrl: '/docs',
        secret: IDEMPOTENCY_SECRET,
        store: client ? redisStore(client) : memoryStore(),
        principal: principalOf,
        // Catalog knows the derived key again.
        whenStoreFails: 'proceed',
      }),
    }),
    UpstreamModule.register({
      name: 'catalog',
      config: CONFIG,
      url: (config: GatewayConfig) => config.CATALOG_URL,
      headers: serviceTokenHeaders,
      internal: true,
    }),
    UpstreamModule.register({
      name: 'recommendations',
      config: CONFIG,
      url: (config: GatewayConfig) => config.RECOMMENDATIONS_URL,
      headers: serviceTokenHeaders,
      internal: true,
    }),
  ],
  controllers: [ControlRoomController, HomeController, ProductsController, OrdersController],
  providers: [
    CatalogClient,
    RecommendationsClient,
    RecommendationsService,
    HomeService,
    OrdersEnabledGuard,
    ProductsService,
    {
      provide: LAST_KNOWN_GOOD,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection) =>
        client ? redisLastKnownGood(client, systemClock) : memoryLastKnownGood(systemClock),
    },
  ],
})
export class AppModule {}
