import { once } from 'node:events';
import {
  ConfigurableModuleBuilder,
  Global,
  Inject,
  Injectable,
  Logger as NestLogger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { Cluster, type Redis, ReplyError } from 'ioredis';
import {
  PolicyExecutors,
  type PolicyExecutor,
  type ExecutorPolicies,
  UpstreamRegistryModule,
  executorPolicies,
} from '@film-store/resilience';
import { type RedisOptionsInput, redisOptions } from './options.ts';
import {
  HEALTH_INDICATORS,
  type HealthIndicators,
  type Logger,
  type ResilienceExecutor,
  fromNestLogger,
} from '@film-store/core';
import { createRedisClient } from './redis-client.ts';

/** Longest time a start waits for the first connection, in milliseconds. */
const FIRST_CONNECTION_MS = 1000;

/** What a health check writes, and how long Redis keeps it, in milliseconds. */
const HEALTH_KEY = 'health:1';
const HEALTH_KEPT_MS = 60_000;

/** Fewer calls than of an upstream open the breaker: no request needs Redis to be served. */
export const REDIS_POLICY_DEFAULTS = {
  timeoutInitialMs: 200,
  timeoutMaxMs: 200,
  breakerMinimumCalls: 10,
} as const satisfies Partial<ExecutorPolicies>;

export interface RedisModuleOptions extends RedisOptionsInput {
  /** Receives the loss and the return of the connection. @default Nest's logger */
  readonly logger?: Logger;
  /** Options of the policies around commands. @default REDIS_POLICY_DEFAULTS, else those of `executorPolicies` */
  readonly policies?: Partial<ExecutorPolicies>;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RedisModuleOptions>()
  .setClassMethodName('forRoot')
  .build();

/**
 * A connection that fails at once while Redis is away or hangs, and comes back by itself: no command waits for a
 * connection, none is sent twice. Losing and regaining Redis is logged once each.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Runs single commands, or a few at a time. `undefined` where no Redis is configured and memory has to serve. */
  readonly client: ResilienceExecutor<Redis | Cluster> | undefined;
  readonly #logger: Logger;
  readonly #connected: { readonly redis: Redis | Cluster; readonly dependency: PolicyExecutor } | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) { policies: given, logger, ...options }: RedisModuleOptions,
    dependencies: PolicyExecutors,
    @Optional() @Inject(HEALTH_INDICATORS) private readonly health?: HealthIndicators,
  ) {
    this.#logger = logger ?? fromNestLogger(new NestLogger('Redis'));
    const policies = executorPolicies.parse({ ...REDIS_POLICY_DEFAULTS, ...given });
    // The client's own timeout comes after that of the policies: it ends the abandoned command and so frees its slot.
    const redis = createRedisClient(redisOptions.parse(options), 2 * policies.timeoutMaxMs);
    if (!redis) return;
    this.logConnectionState(redis);
    const dependency = dependencies.create('redis', { system: 'redis', policies, isFailure });
    this.#connected = { redis, dependency };
    this.client = { execute: (work, options) => dependency.execute(() => work(redis), options) };
  }

  async onModuleInit(): Promise<void> {
    this.health?.register({ name: 'redis', critical: false, check: ({ signal }) => this.check(signal) });
    if (this.#connected) await firstConnection(this.#connected.redis);
    else
      this.#logger.info(
        { event: 'redis.not_configured' },
        'no Redis configured: kept in the memory of this process',
      );
  }

  onApplicationShutdown(): void {
    this.#connected?.redis.disconnect();
    this.#connected?.dependency.dispose();
  }

  /**
   * Writes to Redis itself, be the breaker open or not: a replica would answer a ping. In a cluster this looks at one of
   * the masters.
   */
  private async check(signal: AbortSignal): Promise<Record<string, unknown>> {
    if (!this.#connected) return { store: 'memory' };
    const { redis, dependency } = this.#connected;
    await dependency
      .check(() => redis.set(HEALTH_KEY, '1', 'PX', HEALTH_KEPT_MS), signal)
      .catch((error: unknown) => {
        throw new Error(`${reasonOf(error)}, breaker ${dependency.breakerState}`, { cause: error });
      });
    return { store: 'redis', breaker: dependency.breakerState };
  }

  private logConnectionState(redis: Redis | Cluster): void {
    let away = false;
    redis.on('error', (err: Error) => {
      if (!away) this.#logger.warn({ event: 'redis.disconnected', err }, 'Redis is away');
      away = true;
    });
    redis.on('ready', () => {
      if (away) this.#logger.info({ event: 'redis.connected' }, 'Redis is back');
      away = false;
    });
  }
}

/** Gives every module of a service the one connection. */
@Global()
@Module({
  imports: [UpstreamRegistryModule],
  providers: [RedisConnection],
  exports: [RedisConnection],
})
export class RedisModule extends ConfigurableModuleClass {}

/** Resolves when all nodes that are known are connected, or after a while without. */
async function firstConnection(redis: Redis | Cluster): Promise<void> {
  const signal = AbortSignal.timeout(FIRST_CONNECTION_MS);
  const ready = async (client: Redis | Cluster): Promise<unknown> =>
    client.status === 'ready' || once(client, 'ready', { signal });
  const nodesReady = async (): Promise<void> => {
    await ready(redis);
    if (redis instanceof Cluster) await Promise.all(redis.nodes('master').map(ready));
  };
  await nodesReady().catch(() => undefined);
}

/** A reply of a Redis that cannot work now, also from within a script; any other error reply is about the command. */
const CANNOT_WORK =
  /(?:^|-)(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS) /;

const isFailure = (error: unknown): boolean =>
  !(error instanceof ReplyError) || CANNOT_WORK.test((error as Error).message);

const reasonOf = (error: unknown): string =>
  error instanceof ReplyError ? `no write (${firstWord((error as Error).message)})` : 'no answer';

const firstWord = (text: string): string => text.split(' ', 1)[0] ?? text;
