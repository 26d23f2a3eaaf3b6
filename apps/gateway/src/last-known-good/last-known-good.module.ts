import { Module } from '@nestjs/common';
import { systemClock } from '@film-store/core';
import { memoryLastKnownGood, redisLastKnownGood } from '@film-store/degradation';
import { RedisConnection } from '@film-store/redis';

/** Injection token of the store for the last good responses of upstreams. */
export const LAST_KNOWN_GOOD = Symbol('last known good');

/** Stores the last good responses in Redis, or in memory without Redis. */
@Module({
  providers: [
    {
      provide: LAST_KNOWN_GOOD,
      inject: [RedisConnection],
      useFactory: ({ client }: RedisConnection) =>
        client ? redisLastKnownGood(client, systemClock) : memoryLastKnownGood(systemClock),
    },
  ],
  exports: [LAST_KNOWN_GOOD],
})
export class LastKnownGoodModule {}
