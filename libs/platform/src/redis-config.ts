import { z } from 'zod';
import { dependencyConfig } from '#libs/resilience';
import { secret } from './secret.ts';

/** One or more of `host:port`, separated by commas. */
const nodes = z.string().regex(/^[^\s,:]+:\d{1,5}(?:,[^\s,:]+:\d{1,5})*$/, 'must be host:port,host:port,…');

/** The settings of a service that uses Redis; `oneRedis` is to be checked with them. */
export const redisConfig = {
  REDIS_URL: secret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe(
      'Redis, redis:// or rediss://. Neither this nor one of the next two: the memory of this one process instead.',
    ),
  REDIS_SENTINELS: nodes
    .optional()
    .describe('Sentinels that know where Redis is, as host:port,host:port,… instead of REDIS_URL.'),
  REDIS_SENTINEL_NAME: z.string().optional().describe('What the sentinels call it.'),
  REDIS_CLUSTER_NODES: nodes
    .optional()
    .describe('Some nodes of a Redis Cluster, as host:port,host:port,… instead of REDIS_URL.'),
  // Fewer calls than of an upstream make a verdict: nothing is asked of Redis that cannot be done without.
  ...dependencyConfig('redis', { TIMEOUT_INITIAL_MS: 200, TIMEOUT_MAX_MS: 200, BREAKER_VOLUME: 10 }),
};

export interface RedisSettings {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_SENTINELS?: string | undefined;
  readonly REDIS_SENTINEL_NAME?: string | undefined;
  readonly REDIS_CLUSTER_NODES?: string | undefined;
}

const KINDS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/** A check for a service's schema: there is at most one Redis, and sentinels and the name they know it by go together. */
export function oneRedis({ value, issues }: z.core.ParsePayload<RedisSettings>): void {
  const fault = (variable: keyof RedisSettings, message: string) =>
    issues.push({ code: 'custom', path: [variable], message, input: value[variable] });
  const [first, ...others] = KINDS.filter((kind) => value[kind] !== undefined);
  for (const other of others) fault(other, `cannot be set beside ${first}`);
  if (value.REDIS_SENTINELS !== undefined && value.REDIS_SENTINEL_NAME === undefined)
    fault('REDIS_SENTINEL_NAME', 'must be set with REDIS_SENTINELS');
  if (value.REDIS_SENTINELS === undefined && value.REDIS_SENTINEL_NAME !== undefined)
    fault('REDIS_SENTINEL_NAME', 'cannot be set without REDIS_SENTINELS');
}
