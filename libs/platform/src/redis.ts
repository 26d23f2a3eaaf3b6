import { once } from 'node:events';
import {
  Global,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { type Cluster, type Redis, ReplyError } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry } from '#libs/health';
import { Dependencies, type Dependency, type Guarded } from '#libs/resilience';
import { CONFIG } from './config.ts';
import { createRedisClient } from './redis-client.ts';
import type { RedisSettings } from './redis-config.ts';

/** Longest time a start waits for the first connection, in milliseconds. */
const FIRST_CONNECTION_MS = 1000;

type RedisConnectionSettings = RedisSettings &
  Readonly<Record<string, unknown>> & { readonly UPSTREAM_REDIS_TIMEOUT_MAX_MS: number };

/**
 * A connection that fails at once while Redis is away or hangs, and comes back by itself: no command waits for a
 * connection, none is sent twice. Losing and regaining Redis is logged once each.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Runs single commands, or a few at a time. `undefined` where no Redis is configured and memory has to serve. */
  readonly client: Guarded<Redis | Cluster> | undefined;
  readonly #connected: { readonly redis: Redis | Cluster; readonly dependency: Dependency } | undefined;

  constructor(
    @Inject(CONFIG) config: RedisConnectionSettings,
    private readonly logger: PinoLogger,
    private readonly health: HealthRegistry,
    dependencies: Dependencies,
  ) {
    // A command's own timeout comes after the dependency's: it ends what that gave up, so that its place is free again.
    const redis = createRedisClient(config, 2 * config.UPSTREAM_REDIS_TIMEOUT_MAX_MS);
    if (!redis) return;
    this.tellChanges(redis);
    const dependency = dependencies.declare('redis', config, { system: 'redis', isFailure });
    this.#connected = { redis, dependency };
    this.client = { run: (work, options) => dependency.run(() => work(redis), options) };
  }

  async onModuleInit(): Promise<void> {
    this.health.register({ name: 'redis', critical: false, check: ({ signal }) => this.check(signal) });
    if (this.#connected) await firstConnection(this.#connected.redis);
    else
      this.logger.info({ event: 'redis.memory' }, 'no Redis configured: kept in the memory of this process');
  }

  onApplicationShutdown(): void {
    this.#connected?.redis.disconnect();
    this.#connected?.dependency.dispose();
  }

  /** Asks Redis itself, be the breaker open or not. */
  private async check(signal: AbortSignal): Promise<Record<string, unknown>> {
    if (!this.#connected) return { store: 'memory' };
    const { redis, dependency } = this.#connected;
    await dependency
      .check(() => redis.ping(), signal)
      .catch((error: unknown) => {
        throw new Error(`no answer, breaker ${dependency.breakerState}`, { cause: error });
      });
    return { store: 'redis', breaker: dependency.breakerState };
  }

  private tellChanges(redis: Redis | Cluster): void {
    let away = false;
    redis.on('error', (err: Error) => {
      if (!away) this.logger.warn({ event: 'redis.away', err }, 'Redis is away');
      away = true;
    });
    redis.on('ready', () => {
      if (away) this.logger.info({ event: 'redis.back' }, 'Redis is back');
      away = false;
    });
  }
}

/** Gives every module of a service the one connection. */
@Global()
@Module({ providers: [RedisConnection], exports: [RedisConnection] })
export class RedisModule {}

/** Resolves with the first connection, or without one. */
async function firstConnection(redis: Redis | Cluster): Promise<void> {
  if (redis.status === 'ready') return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(FIRST_CONNECTION_MS) }).catch(() => undefined);
}

/** What a Redis replies that cannot work now; any other error reply is about the command. */
const CANNOT_WORK = /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS) /;

const isFailure = (error: unknown): boolean =>
  !(error instanceof ReplyError) || CANNOT_WORK.test((error as Error).message);
