import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Cluster, Redis, ReplyError } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import { HealthRegistry } from '#libs/health';
import { Dependencies, type Dependency, type Guarded, dependencyConfig } from '#libs/resilience';
import { CONFIG, secret } from './config.ts';

/** A connection that stays silent this long while commands wait, in milliseconds, is given up, and they with it. */
const SILENCE_MS = 2000;
/** Longest pause between two attempts to connect again, in milliseconds. */
const RECONNECT_CAP_MS = 5000;

/** The settings of a service that uses Redis. */
export const redisConfig = {
  REDIS_URL: secret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe('Redis, redis:// or rediss://. Unset: the memory of this one process instead.'),
  // Fewer calls than of an upstream make a verdict: nothing is asked of Redis that cannot be done without.
  ...dependencyConfig('redis', { TIMEOUT_INITIAL_MS: 200, TIMEOUT_MAX_MS: 200, BREAKER_VOLUME: 10 }),
};
type RedisSettings = Readonly<Record<string, unknown>> & {
  readonly REDIS_URL?: string;
  readonly UPSTREAM_REDIS_TIMEOUT_MAX_MS: number;
};

/**
 * A connection that fails at once while Redis is away or hangs, and comes back by itself: no command waits for a
 * connection, none is sent twice. Losing and regaining Redis is logged once each.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Runs single commands, or a few at a time. `undefined` where no Redis is configured and memory has to serve. */
  readonly client: Guarded<Redis | Cluster> | undefined;
  readonly #connected: { readonly redis: Redis; readonly dependency: Dependency } | undefined;

  constructor(
    @Inject(CONFIG) config: RedisSettings,
    private readonly logger: PinoLogger,
    private readonly health: HealthRegistry,
    dependencies: Dependencies,
  ) {
    if (config.REDIS_URL === undefined) return;
    const redis = this.connect(config.REDIS_URL, config.UPSTREAM_REDIS_TIMEOUT_MAX_MS);
    const dependency = dependencies.declare('redis', config, isFailure);
    this.#connected = { redis, dependency };
    this.client = { run: (work) => dependency.run(() => work(redis)) };
  }

  onModuleInit(): void {
    if (!this.#connected)
      this.logger.info({ event: 'redis.memory' }, 'no REDIS_URL: kept in the memory of this process');
    this.health.register({ name: 'redis', critical: false, check: () => this.check() });
  }

  onApplicationShutdown(): void {
    this.#connected?.redis.disconnect();
    this.#connected?.dependency.dispose();
  }

  /** Asks Redis itself, be the breaker open or not. */
  private async check(): Promise<Record<string, unknown>> {
    if (!this.#connected) return { store: 'memory' };
    const { redis, dependency } = this.#connected;
    await redis.ping().catch((error: unknown) => {
      throw new Error(`no answer, breaker ${dependency.breakerState}`, { cause: error });
    });
    return { store: 'redis', breaker: dependency.breakerState };
  }

  private connect(url: string, timeoutMs: number): Redis {
    const redis = new Redis(url, {
      // Comes after the dependency's own timeout: ends what that gave up, so that its place is free again.
      commandTimeout: 2 * timeoutMs,
      // A command that was given up stays in the connection's queue: without this, a black hole would fill memory.
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

/** What a Redis replies that cannot work now; any other error reply is about the command. */
const CANNOT_WORK = /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS) /;

const isFailure = (error: unknown): boolean =>
  !(error instanceof ReplyError) || CANNOT_WORK.test((error as Error).message);
