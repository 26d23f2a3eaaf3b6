import { z } from 'zod';
import { readableFile, secret } from '@film-store/config';
import type { ExecutorPolicies } from '@film-store/resilience';
import { parseRedisNodes } from './redis-nodes.ts';

/** The breaker opens after fewer calls than for an upstream, because services can respond without Redis. */
export const REDIS_POLICY_DEFAULTS = {
  timeoutInitialMs: 200,
  timeoutMaxMs: 200,
  breakerMinimumCalls: 10,
} as const satisfies Partial<ExecutorPolicies>;

const nodes = z
  .string()
  .refine((list) => parseRedisNodes(list) !== undefined, 'must be host:port,host:port,… or [ipv6]:port,…');

const shape = z.strictObject({
  url: secret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe(
      'Address of Redis: redis://, or rediss:// for TLS. Without `url`, `sentinels` and `clusterNodes` there is no client.',
    ),
  sentinels: nodes
    .optional()
    .describe('Addresses of the sentinels, as host:port,[ipv6]:port,… Replaces `url`.'),
  sentinelName: z.string().optional().describe('Name of the master at the sentinels.'),
  clusterNodes: nodes
    .optional()
    .describe('Addresses of some nodes of a Redis Cluster, as host:port,[ipv6]:port,… Replaces `url`.'),
  username: z.string().optional().describe('User name, if `url` does not contain it.'),
  password: secret(z.string()).optional().describe('Password, if `url` does not contain it.'),
  sentinelPassword: secret(z.string()).optional().describe('Password of the sentinels.'),
  tls: z
    .boolean()
    .default(false)
    .describe('Uses TLS for sentinels, cluster nodes and Redis. With `url`, use rediss:// instead.'),
  tlsCaFile: readableFile
    .optional()
    .describe(
      'PEM file with the trusted certificate authorities. Default: the authorities that Node.js trusts.',
    ),
});

export type RedisOptions = z.infer<typeof shape>;
export type RedisOptionsInput = z.input<typeof shape>;

/** Returns whether the connection is encrypted and the certificate of Redis is verified. */
export const usesTls = ({ url, tls }: RedisOptionsInput): boolean =>
  tls === true || url?.startsWith('rediss:') === true;

/** Options of the connection. They name at most one Redis, and each detail once. */
export const redisOptions = shape.check(({ value, issues }) => {
  const report = (option: keyof RedisOptions, message: string) =>
    issues.push({ code: 'custom', path: [option], message, input: value[option] });
  const { url } = value;
  const [first, ...others] = (['url', 'sentinels', 'clusterNodes'] as const).filter(
    (kind) => value[kind] !== undefined,
  );
  for (const other of others) report(other, `cannot be set beside \`${first}\``);
  if (value.sentinels !== undefined && value.sentinelName === undefined)
    report('sentinelName', 'must be set with `sentinels`');
  for (const option of ['sentinelName', 'sentinelPassword'] as const)
    if (value.sentinels === undefined && value[option] !== undefined)
      report(option, 'cannot be set without `sentinels`');
  if (url !== undefined && value.tls) report('tls', 'cannot be set beside `url`: use rediss://');
  if (url !== undefined && value.password !== undefined && URL.parse(url)?.password)
    report('password', 'cannot be set beside a password in `url`');
  if (value.tlsCaFile !== undefined && !usesTls(value)) report('tlsCaFile', 'needs `tls`=true or rediss://');
});
