import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { FeatureFlagsModule } from '@film-store/feature-flags';
import { IdempotencyModule, memoryStore, redisStore } from '@film-store/idempotency';
import { RedisConnection, RedisModule } from '@film-store/redis';
import { CONFIG, toFlagsOptions, toRedisOptions } from '@film-store/service';
import { getPrincipal } from './auth/principal.guard.ts';
import { ControlRoomModule } from './control-room/control-room.module.ts';
import type { GatewayConfig } from './gateway.config.ts';
import { HomeModule } from './home/home.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { ProductsModule } from './products/products.module.ts';

@Module({
  imports: [
    // #region part: flags
    FeatureFlagsModule.forRootAsync({ inject: [CONFIG], useFactory: toFlagsOptions }),
    // #endregion part: flags
    RedisModule.forRootAsync({ inject: [CONFIG], useFactory: toRedisOptions }),
    IdempotencyModule.forRootAsync({
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
        principal: getPrincipal,
        // Safe, because catalog deduplicates orders by the derived key.
        whenStoreFails: 'proceed',
      }),
    }),
    ControlRoomModule,
    HomeModule,
    ProductsModule,
    OrdersModule,
  ],
})
export class AppModule {}
