import { z } from 'zod';
import { dependencyConfig } from '@film-store/resilience';
import { readableFile, secret } from '@film-store/config';
import { type RedisSettings, parseRedisNodes, speaksTls } from '@film-store/redis';

const nodes = z
  .string()
  .refine((list) => parseRedisNodes(list) !== undefined, 'must be host:port,host:port,… or [ipv6]:port,…');

/** The settings of a service that uses Redis; `oneRedis` is to be checked with them. */
export const redisConfig = {
  REDIS_URL: secret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe(
      'Redis, redis:// or rediss://. Neither this nor one of the next two: the memory of this one process instead.',
    ),
  REDIS_SENTINELS: nodes
    .optional()
    .describe('Sentinels that know where Redis is, as host:port,[ipv6]:port,… instead of REDIS_URL.'),
  REDIS_SENTINEL_NAME: z.string().optional().describe('What the sentinels call it.'),
  REDIS_CLUSTER_NODES: nodes
    .optional()
    .describe('Some nodes of a Redis Cluster, as host:port,[ipv6]:port,… instead of REDIS_URL.'),
  REDIS_USERNAME: z.string().optional().describe('Who we are to Redis, where REDIS_URL does not say it.'),
  REDIS_PASSWORD: secret(z.string()).optional().describe('Our password, where REDIS_URL does not say it.'),
  REDIS_SENTINEL_PASSWORD: secret(z.string()).optional().describe('What the sentinels themselves ask for.'),
  REDIS_TLS: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'Whether sentinels, or the nodes of a cluster, and Redis speak TLS; REDIS_URL says it by rediss://.',
    ),
  REDIS_TLS_CA_FILE: readableFile
    .optional()
    .describe('Certificates of who vouches for Redis, as PEM. Unset: those that Node knows.'),
  // Fewer calls than of an upstream make a verdict: nothing is asked of Redis that cannot be done without.
  ...dependencyConfig('redis', { timeoutInitialMs: 200, timeoutMaxMs: 200, breakerMinimumCalls: 10 }),
};

const KINDS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/**
 * A check for a service's schema: there is at most one Redis, sentinels and the name they know it by go together, and
 * each thing is said once.
 */
export function oneRedis({ value, issues }: z.core.ParsePayload<RedisSettings>): void {
  const fault = (variable: keyof RedisSettings, message: string) =>
    issues.push({ code: 'custom', path: [variable], message, input: value[variable] });
  const [first, ...others] = KINDS.filter((kind) => value[kind] !== undefined);
  for (const other of others) fault(other, `cannot be set beside ${first}`);
  if (value.REDIS_SENTINELS !== undefined && value.REDIS_SENTINEL_NAME === undefined)
    fault('REDIS_SENTINEL_NAME', 'must be set with REDIS_SENTINELS');
  for (const setting of ['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_PASSWORD'] as const)
    if (value.REDIS_SENTINELS === undefined && value[setting] !== undefined)
      fault(setting, 'cannot be set without REDIS_SENTINELS');
  const { REDIS_URL } = value;
  if (REDIS_URL !== undefined && value.REDIS_TLS === 'true')
    fault('REDIS_TLS', 'cannot be set beside REDIS_URL, which says it by rediss://');
  if (REDIS_URL !== undefined && value.REDIS_PASSWORD !== undefined && URL.parse(REDIS_URL)?.password)
    fault('REDIS_PASSWORD', 'cannot be set beside a password in REDIS_URL');
  if (value.REDIS_TLS_CA_FILE !== undefined && !speaksTls(value))
    fault('REDIS_TLS_CA_FILE', 'is of no use without REDIS_TLS=true or rediss://');
}
