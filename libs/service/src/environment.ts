import { mapOptions } from '@film-store/config';
import { idempotencyOptions } from '@film-store/idempotency/options';
import { loadSheddingOptions } from '@film-store/load-shedding';
import type { RedisModuleOptions } from '@film-store/redis';
import { REDIS_POLICY_DEFAULTS, redisOptions } from '@film-store/redis/options';
import {
  type ExecutorPolicies,
  type UpstreamPolicies,
  executorPolicies,
  upstreamPolicies,
} from '@film-store/resilience';

const EXECUTOR = {
  timeoutInitialMs: 'TIMEOUT_INITIAL_MS',
  timeoutFloorMs: 'TIMEOUT_FLOOR_MS',
  timeoutMaxMs: 'TIMEOUT_MAX_MS',
  breakerErrorRate: 'BREAKER_ERROR_RATE',
  breakerMinimumCalls: 'BREAKER_VOLUME',
  breakerExcessFailures: 'BREAKER_EXCESS_FAILURES',
  breakerOpenMs: 'BREAKER_RESET_MS',
  breakerMaxOpenMs: 'BREAKER_RESET_MAX_MS',
  breakerRecoveryMs: 'BREAKER_RAMP_MS',
  bulkheadConcurrency: 'BULKHEAD_CONCURRENT',
  bulkheadQueueLimit: 'BULKHEAD_QUEUE',
  bulkheadQueueTimeoutMs: 'BULKHEAD_WAIT_MS',
} as const;

const UPSTREAM = {
  ...EXECUTOR,
  bulkheadAdaptive: 'BULKHEAD_ADAPTIVE',
  retryAttempts: 'RETRY_ATTEMPTS',
  retryBaseDelayMs: 'RETRY_BASE_MS',
  retryMaxDelayMs: 'RETRY_CAP_MS',
  retryBudgetRatio: 'BUDGET_RATIO',
  retryBudgetPerSecond: 'BUDGET_PER_SECOND',
  hedging: 'HEDGE',
  requestCollapsing: 'COALESCE',
  ejectionConsecutiveFailures: 'EJECT_AFTER_FAILURES',
  ejectionBaseMs: 'EJECTION_MS',
} as const;

const executor = mapOptions(executorPolicies, EXECUTOR);
const upstream = mapOptions(upstreamPolicies, UPSTREAM);
const loadShedding = mapOptions(loadSheddingOptions, {
  strategy: 'STRATEGY',
  initialLimit: 'LIMIT_INITIAL',
  minLimit: 'LIMIT_MIN',
  maxLimit: 'LIMIT_MAX',
  queueCapacity: 'QUEUE',
  queueTargetMs: 'QUEUE_TARGET_MS',
  queueIntervalMs: 'QUEUE_INTERVAL_MS',
  eventLoopDelayMs: 'LOOP_DELAY_MS',
});
const redis = mapOptions(redisOptions, {
  url: 'URL',
  sentinels: 'SENTINELS',
  sentinelName: 'SENTINEL_NAME',
  clusterNodes: 'CLUSTER_NODES',
  username: 'USERNAME',
  password: 'PASSWORD',
  sentinelPassword: 'SENTINEL_PASSWORD',
  tls: 'TLS',
  tlsCaFile: 'TLS_CA_FILE',
});
const idempotency = mapOptions(idempotencyOptions, { secret: 'IDEMPOTENCY_SECRET' });

/** The name of an upstream in environment variables, which a shell can export: `film-reviews` becomes `FILM_REVIEWS`. */
export type EnvName<N extends string> = N extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${EnvName<Tail>}`
  : Uppercase<N>;
export const toEnvName = <N extends string>(name: N): EnvName<N> =>
  name.replaceAll('-', '_').toUpperCase() as EnvName<N>;

type UpstreamPrefix<N extends string> = `UPSTREAM_${EnvName<N>}_`;
const upstreamPrefix = <N extends string>(name: N): UpstreamPrefix<N> => `UPSTREAM_${toEnvName(name)}_`;

/** Returns the variables `UPSTREAM_<NAME>_…` of an HTTP upstream. */
export const upstreamEnv = <N extends string>(name: N, defaults?: Partial<UpstreamPolicies>) =>
  upstream.variables(upstreamPrefix(name), defaults);

export const toUpstreamPolicies = <N extends string>(
  name: N,
  config: Parameters<typeof upstream.options<UpstreamPrefix<N>>>[1],
): UpstreamPolicies => upstream.options(upstreamPrefix(name), config);

/** Returns the variables `UPSTREAM_<NAME>_…` of an executor for work that is not HTTP. */
export const executorEnv = <N extends string>(name: N, defaults?: Partial<ExecutorPolicies>) =>
  executor.variables(upstreamPrefix(name), defaults);

export const toExecutorPolicies = <N extends string>(
  name: N,
  config: Parameters<typeof executor.options<UpstreamPrefix<N>>>[1],
): ExecutorPolicies => executor.options(upstreamPrefix(name), config);

export const loadSheddingEnv = (defaults?: Parameters<typeof loadShedding.variables>[1]) =>
  loadShedding.variables('OVERLOAD_', defaults);
export const toLoadSheddingOptions = (config: Parameters<typeof loadShedding.options<'OVERLOAD_'>>[1]) =>
  loadShedding.options('OVERLOAD_', config);

export const redisEnv = { ...redis.variables('REDIS_'), ...executorEnv('redis', REDIS_POLICY_DEFAULTS) };
export const toRedisOptions = (
  config: Parameters<typeof redis.options<'REDIS_'>>[1] &
    Parameters<typeof toExecutorPolicies<'redis'>>[1] & { readonly PLATFORM_NAMESPACE?: string | undefined },
): RedisModuleOptions => ({
  ...redis.options('REDIS_', config),
  ...(config.PLATFORM_NAMESPACE !== undefined && { keyPrefix: `${config.PLATFORM_NAMESPACE}:` }),
  policies: toExecutorPolicies('redis', config),
});

/** Returns the variables of another Redis, with the policies of `redisEnv`. @param prefix such as `CACHE_REDIS_` */
export const otherRedisEnv = <P extends string>(prefix: P) => redis.variables(prefix);
export const toOtherRedisOptions = <P extends string>(
  name: string,
  prefix: P,
  config: Parameters<typeof redis.options<P>>[1] & Parameters<typeof toRedisOptions>[0],
): RedisModuleOptions => ({ ...toRedisOptions(config), ...redis.options(prefix, config), name });

export const idempotencyEnv = idempotency.variables('');

/** Returns `true` for an unknown variable with the prefix of a library, unless it may configure another service. */
export const isMisspelled = (variable: string): boolean =>
  variable.startsWith('OVERLOAD_') ||
  (variable.startsWith('UPSTREAM_') &&
    !Object.values(UPSTREAM).some(
      (name) => variable.endsWith(`_${name}`) && variable.length > `UPSTREAM__${name}`.length,
    ));
