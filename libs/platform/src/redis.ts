import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import { HealthRegistry } from '#libs/health';
import { CONFIG, secret } from './config.ts';

/** Longest wait for one command's answer, in milliseconds. */
const COMMAND_TIMEOUT_MS = 200;
/** A connection that stays silent this long while commands wait, in milliseconds, is given up, and they with it. */
const SILENCE_MS = 2000;
/** Longest pause between two attempts to connect again, in milliseconds. */
const RECONNECT_CAP_MS = 5000;

/** The settings of a service that uses Redis. */
export const redisConfig = {
  REDIS_URL: secret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe('Redis, redis:// or rediss://. Unset: the memory of this one process instead.'),
};

/**
 * A connection that fails at once while Redis is away, and comes back by itself: no command waits for a connection,
 * none is sent twice. Losing and regaining Redis is logged once each.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** `undefined` where no Redis is configured and memory has to serve. */
  readonly client: Redis | undefined;

  constructor(
    @Inject(CONFIG) { REDIS_URL }: { REDIS_URL?: string },
    private readonly logger: PinoLogger,
    private readonly health: HealthRegistry,
  ) {
    this.client = REDIS_URL === undefined ? undefined : this.connect(REDIS_URL);
  }

  onModuleInit(): void {
    if (!this.client)
      this.logger.info({ event: 'redis.memory' }, 'no REDIS_URL: kept in the memory of this process');
    this.health.register({ name: 'redis', critical: false, check: () => this.check() });
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  private async check(): Promise<Record<string, unknown>> {
    if (!this.client) return { store: 'memory' };
    await this.client.ping();
    return { store: 'redis' };
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      // A timed-out command stays in the connection's queue: without this, a black hole would fill memory.
      socketTimeout: SILENCE_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, RECONNECT_CAP_MS),
    });
    let away = false;
    redis.on('error', (err: Error) => {
      if (!away) this.logger.warn({ event: 'redis.away', err }, 'Redis is away');
      away = true;
    });
    redis.on('ready', () => {
      if (away) this.logger.info({ event: 'redis.back' }, 'Redis is back');
      away = false;
    });
    return redis;
  }
}
