import { Module } from '@nestjs/common';
import { HEALTH_INDICATORS, type HealthIndicators, systemClock } from '@film-store/core';
import { memoryLastKnownGood, redisLastKnownGood } from '@film-store/degradation';
import { RedisConnection } from '@film-store/redis';
import { PolicyExecutors } from '@film-store/resilience';
import { CONFIG, toOtherRedisOptions } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';

/** Injection token of the store for the last good responses of upstreams. */
export const LAST_KNOWN_GOOD = Symbol('last known good');

const CACHE_CONNECTION = Symbol('Redis of the cache');

/** Stores the last good responses in the Redis of `CACHE_REDIS_…`, else in that of `REDIS_…`, else in memory. */
@Module({
  providers: [
    {
      provide: CACHE_CONNECTION,
      inject: [CONFIG, PolicyExecutors, { token: HEALTH_INDICATORS, optional: true }],
      useFactory: (config: GatewayConfig, executors: PolicyExecutors, health?: HealthIndicators) => {
        const { CACHE_REDIS_URL, CACHE_REDIS_SENTINELS, CACHE_REDIS_CLUSTER_NODES } = config;
        const isConfigured = [CACHE_REDIS_URL, CACHE_REDIS_SENTINELS, CACHE_REDIS_CLUSTER_NODES].some(
          (address) => address !== undefined,
        );
        return isConfigured
          ? new RedisConnection(toOtherRedisOptions('cache', 'CACHE_REDIS_', config), executors, health)
          : undefined;
      },
    },
    {
      provide: LAST_KNOWN_GOOD,
      inject: [CONFIG, RedisConnection, CACHE_CONNECTION],
      useFactory: (
        { LAST_KNOWN_GOOD_MAX_BYTES: maxBytes }: GatewayConfig,
        shared: RedisConnection,
        own: RedisConnection | undefined,
      ) => {
        const { client } = own ?? shared;
        return client
          ? redisLastKnownGood(client, systemClock, { maxBytes })
          : memoryLastKnownGood(systemClock);
      },
    },
  ],
  exports: [LAST_KNOWN_GOOD],
})
export class LastKnownGoodModule {}
