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
import {
  HEALTH_INDICATORS,
  HealthCheckFailed,
  type HealthIndicators,
  type Logger,
  type ResilienceExecutor,
  fromNestLogger,
} from '@film-store/core';
import {
  type ExecutorPolicies,
  type PolicyExecutor,
  PolicyExecutors,
  UpstreamRegistryModule,
  executorPolicies,
} from '@film-store/resilience';
import { Cluster, type Redis, ReplyError } from 'ioredis';
import { REDIS_POLICY_DEFAULTS, type RedisOptionsInput, redisOptions } from './options.ts';
import { createRedisClient } from './redis-client.ts';

/** Longest time that a start waits for the first connection, in milliseconds. */
const FIRST_CONNECTION_MS = 1000;
/** The key that a health check writes, and its time to live in milliseconds. */
const HEALTH_KEY = 'health:1';
const HEALTH_TTL_MS = 60_000;

export interface RedisModuleOptions extends RedisOptionsInput {
  /** Name of the connection in metrics, health, faults and `GET /ops/resilience`. @default 'redis' */
  readonly name?: string;
  /** Logs when Redis is disconnected and connected again. @default Nest's logger */
  readonly logger?: Logger;
  /** Policies for commands. @default REDIS_POLICY_DEFAULTS, else the defaults of `executorPolicies` */
  readonly policies?: Partial<ExecutorPolicies>;
  /** Stands before all keys, so several installations can share a Redis. @default none */
  readonly keyPrefix?: string;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RedisModuleOptions>()
  .setClassMethodName('forRoot')
  .build();

/**
 * Connects to Redis and reconnects by itself. Commands fail at once while Redis is unreachable: no command waits for a
 * connection, and none is sent twice.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Executes one command, or a few at a time. `undefined` if no Redis is configured. */
  readonly client: ResilienceExecutor<Redis | Cluster> | undefined;
  readonly #logger: Logger;
  readonly #connection: { readonly redis: Redis | Cluster; readonly executor: PolicyExecutor } | undefined;
  readonly #named: { readonly name?: string };
  /** Since Redis has rejected a write, for example at `maxmemory`, until it accepts one. */
  #rejectsWrites = false;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN)
    { name, policies: given, logger, keyPrefix, ...options }: RedisModuleOptions,
    executors: PolicyExecutors,
    @Optional() @Inject(HEALTH_INDICATORS) private readonly health?: HealthIndicators,
  ) {
    this.#named = name === undefined ? {} : { name };
    this.#logger = logger ?? fromNestLogger(new NestLogger('Redis'));
    const policies = executorPolicies.parse({ ...REDIS_POLICY_DEFAULTS, ...given });
    // The timeout of the client comes after the one of the policies. It ends an abandoned command, which frees its slot.
    const redis = createRedisClient(redisOptions.parse(options), 2 * policies.timeoutMaxMs, keyPrefix);
    if (!redis) return;
    logConnectionChanges(redis, this.#logger);
    const executor = executors.create(name ?? 'redis', { system: 'redis', policies, isFailure });
    this.#connection = { redis, executor };
    this.client = {
      execute: (work, options) => executor.execute(() => this.#attempt(redis, work), options),
    };
  }

  async onModuleInit(): Promise<void> {
    this.health?.register({
      name: 'redis',
      critical: false,
      check: ({ signal }) => this.#check(signal),
      ...this.#named,
    });
    if (this.#connection) await waitForConnection(this.#connection.redis);
    else
      this.#logger.info(
        { event: 'redis.not_configured' },
        'no Redis is configured; data stays in the memory of this process',
      );
  }

  onApplicationShutdown(): void {
    this.#connection?.redis.disconnect();
    this.#connection?.executor.dispose();
  }

  /**
   * A Redis that rejects writes still serves reads, whose success would keep the breaker closed. So after a rejected write,
   * each command comes after a write, until one is accepted.
   */
  async #attempt<T>(redis: Redis | Cluster, work: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      if (this.#rejectsWrites)
        await writeHealthKey(redis).catch((error: unknown) => {
          if (isRejectedWrite(error)) throw error;
        });
      this.#rejectsWrites = false;
      return await work(redis);
    } catch (error) {
      this.#rejectsWrites ||= isRejectedWrite(error);
      throw error;
    }
  }

  async #check(signal: AbortSignal): Promise<Record<string, unknown>> {
    if (!this.#connection) return { store: 'memory' };
    const { redis, executor } = this.#connection;
    try {
      await executor.ping(() => writeHealthKey(redis), signal);
    } catch (cause) {
      const reason =
        cause instanceof ReplyError
          ? `no write (${(cause as Error).message.split(' ', 1)[0]})`
          : 'no response';
      throw new Error(`${reason}, breaker ${executor.breakerState}`, { cause });
    }
    const breaker = executor.breakerState;
    const details = { store: 'redis', breaker };
    if (breaker === 'open' || breaker === 'isolated')
      throw new HealthCheckFailed(`Redis works, but its breaker is ${breaker}`, details);
    return details;
  }
}

/** A replica would respond to a ping, so health needs a write. In a cluster this checks one of the masters. */
const writeHealthKey = (redis: Redis | Cluster): Promise<unknown> =>
  redis.set(HEALTH_KEY, '1', 'PX', HEALTH_TTL_MS);

/** Provides one connection to every module of a service. */
@Global()
@Module({
  imports: [UpstreamRegistryModule],
  providers: [RedisConnection],
  exports: [RedisConnection],
})
export class RedisModule extends ConfigurableModuleClass {}

function logConnectionChanges(redis: Redis | Cluster, logger: Logger): void {
  let connected = true;
  redis.on('error', (err: Error) => {
    if (connected) logger.warn({ event: 'redis.disconnected', err }, 'Redis is unreachable');
    connected = false;
  });
  redis.on('ready', () => {
    if (!connected) logger.info({ event: 'redis.connected' }, 'Redis is connected again');
    connected = true;
  });
}

/** Resolves when all known nodes are connected, or after `FIRST_CONNECTION_MS`. */
async function waitForConnection(redis: Redis | Cluster): Promise<void> {
  const signal = AbortSignal.timeout(FIRST_CONNECTION_MS);
  const ready = async (client: Redis | Cluster): Promise<unknown> =>
    client.status === 'ready' || once(client, 'ready', { signal });
  try {
    await ready(redis);
    if (redis instanceof Cluster) await Promise.all(redis.nodes('master').map(ready));
  } catch {
    // The connection is made later.
  }
}

/** Error replies of a Redis that cannot work now, also from within a script. Other error replies concern the command. */
const CANNOT_WORK =
  /(?:^|-)(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS) /;

/** Error replies of a Redis that serves reads. */
const REJECTED_WRITE = /(?:^|-)(?:OOM|READONLY|MISCONF|NOREPLICAS) /;
const isRejectedWrite = (error: unknown): boolean =>
  error instanceof ReplyError && REJECTED_WRITE.test((error as Error).message);

const isFailure = (error: unknown): boolean =>
  !(error instanceof ReplyError) || CANNOT_WORK.test((error as Error).message);
