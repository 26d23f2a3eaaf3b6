import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from './config.ts';
import { executorEnv, loadSheddingEnv, redisEnv, toLoadSheddingOptions, upstreamEnv } from './environment.ts';

const schema = z.object(redisEnv);
const read = (env: NodeJS.ProcessEnv) => () => parseConfig('words', schema, env);

describe('the variables of Redis accept', () => {
  it.each([
    ['no Redis', {}],
    ['a URL', { REDIS_URL: 'rediss://user:secret@redis.example.org:6380/1' }],
    ['sentinels', { REDIS_SENTINELS: 'one:26379,two:26379', REDIS_SENTINEL_NAME: 'store' }],
    ['a cluster', { REDIS_CLUSTER_NODES: '127.0.0.1:7000' }],
    [
      'sentinels with IPv6 addresses, in a list with spaces',
      { REDIS_SENTINELS: '[::1]:26379, [2001:db8::2]:26379', REDIS_SENTINEL_NAME: 'store' },
    ],
    ['a cluster with IPv6 addresses', { REDIS_CLUSTER_NODES: '[::1]:7000, one:7001' }],
    ['a URL with a separate password', { REDIS_URL: 'redis://one', REDIS_PASSWORD: 'secret' }],
    [
      'a cluster with credentials and TLS',
      {
        REDIS_CLUSTER_NODES: '127.0.0.1:7000',
        REDIS_USERNAME: 'ann',
        REDIS_PASSWORD: 'secret',
        REDIS_TLS: 'true',
        REDIS_TLS_CA_FILE: import.meta.filename,
      },
    ],
  ])('%s', (_, env) => {
    const given: Record<string, string> = env;
    expect(read(env)()).toMatchObject({ ...given, ...('REDIS_TLS' in given && { REDIS_TLS: true }) });
  });

  it.each([
    [
      'a URL and a cluster',
      { REDIS_URL: 'redis://one', REDIS_CLUSTER_NODES: 'two:7000' },
      'REDIS_CLUSTER_NODES: cannot be set beside REDIS_URL',
    ],
    [
      'a URL, sentinels and a cluster',
      {
        REDIS_URL: 'redis://one',
        REDIS_SENTINELS: 'two:26379',
        REDIS_SENTINEL_NAME: 'store',
        REDIS_CLUSTER_NODES: 'three:7000',
      },
      'REDIS_SENTINELS: cannot be set beside REDIS_URL\n  REDIS_CLUSTER_NODES: cannot be set beside REDIS_URL',
    ],
    [
      'sentinels without a name',
      { REDIS_SENTINELS: 'one:26379' },
      'REDIS_SENTINEL_NAME: must be set with REDIS_SENTINELS',
    ],
    [
      'a name without sentinels',
      { REDIS_SENTINEL_NAME: 'store' },
      'REDIS_SENTINEL_NAME: cannot be set without REDIS_SENTINELS',
    ],
    [
      'two passwords',
      { REDIS_URL: 'redis://:secret@one', REDIS_PASSWORD: 'secret' },
      'REDIS_PASSWORD: cannot be set beside a password in REDIS_URL',
    ],
    [
      'a password of sentinels without sentinels',
      { REDIS_URL: 'redis://one', REDIS_SENTINEL_PASSWORD: 'secret' },
      'REDIS_SENTINEL_PASSWORD: cannot be set without REDIS_SENTINELS',
    ],
    [
      'TLS with a redis:// URL',
      { REDIS_URL: 'redis://one', REDIS_TLS: 'true' },
      'REDIS_TLS: cannot be set beside REDIS_URL: use rediss://',
    ],
    [
      'a CA file without TLS',
      { REDIS_URL: 'redis://one', REDIS_TLS_CA_FILE: import.meta.filename },
      'REDIS_TLS_CA_FILE: needs REDIS_TLS=true or rediss://',
    ],
    [
      'a CA file that does not exist',
      { REDIS_URL: 'rediss://one', REDIS_TLS_CA_FILE: '/no/such/file' },
      'REDIS_TLS_CA_FILE: must be a file that can be read and is not empty',
    ],
    [
      'a node without a port',
      { REDIS_CLUSTER_NODES: 'one:7000,two' },
      'REDIS_CLUSTER_NODES: must be host:port',
    ],
  ])('but not %s', (_, env, message) => {
    expect(read(env)).toThrow(message);
  });
});

const policies = z
  .object({ PORT: z.coerce.number() })
  .extend({ ...upstreamEnv('films'), ...executorEnv('shelf') });

const readErrors = (env: Record<string, string>): string[] | undefined => {
  try {
    return void parseConfig('films', policies, { PORT: '1', ...env });
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
};

describe('settings that must not exceed each other', () => {
  it.each([
    ['UPSTREAM_FILMS_TIMEOUT_FLOOR_MS', '1000', '1001', 'UPSTREAM_FILMS_TIMEOUT_INITIAL_MS'],
    ['UPSTREAM_FILMS_TIMEOUT_INITIAL_MS', '2000', '2001', 'UPSTREAM_FILMS_TIMEOUT_MAX_MS'],
    ['UPSTREAM_FILMS_RETRY_BASE_MS', '1000', '1001', 'UPSTREAM_FILMS_RETRY_CAP_MS'],
    ['UPSTREAM_FILMS_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_FILMS_BREAKER_RESET_MAX_MS'],
    ['UPSTREAM_SHELF_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_SHELF_BREAKER_RESET_MAX_MS'],
  ])('%s may be %s, not %s', (name, highest, tooHigh, bound) => {
    expect(readErrors({ [name]: highest })).toBeUndefined();
    expect(readErrors({ [name]: tooHigh })).toEqual([`${name}: must not exceed ${bound}`]);
  });

  it('are reported at once for all upstreams, with all other errors', () => {
    const env = {
      PORT: 'x',
      UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: '3000',
      UPSTREAM_SHELF_TIMEOUT_MAX_MS: '999',
    };
    expect(readErrors(env)).toEqual([
      expect.stringMatching(/^PORT: /),
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: must not exceed UPSTREAM_FILMS_TIMEOUT_INITIAL_MS',
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: must not exceed UPSTREAM_FILMS_TIMEOUT_MAX_MS',
      'UPSTREAM_SHELF_TIMEOUT_INITIAL_MS: must not exceed UPSTREAM_SHELF_TIMEOUT_MAX_MS',
    ]);
  });

  it('are not compared if one of them is not a number', () => {
    expect(readErrors({ UPSTREAM_FILMS_RETRY_CAP_MS: 'soon' })).toEqual([
      expect.stringMatching(/^UPSTREAM_FILMS_RETRY_CAP_MS: /),
    ]);
  });
});

const limits = z.object(loadSheddingEnv({ minLimit: 50 }));

it('load shedding has defaults, which a service can override', () => {
  expect(toLoadSheddingOptions(limits.parse({ OVERLOAD_QUEUE: '0' }))).toEqual({
    strategy: 'adaptive',
    initialLimit: 20,
    minLimit: 50,
    maxLimit: 1000,
    queueCapacity: 0,
    queueTargetMs: 5,
    queueIntervalMs: 100,
    eventLoopDelayMs: 100,
  });
});

it.each([
  ['OVERLOAD_STRATEGY', 'clever'],
  ['OVERLOAD_LIMIT_INITIAL', '0'],
  ['OVERLOAD_LIMIT_MIN', '0'],
  ['OVERLOAD_LIMIT_MAX', '100001'],
  ['OVERLOAD_QUEUE', '-1'],
  ['OVERLOAD_QUEUE_TARGET_MS', '0'],
  ['OVERLOAD_LOOP_DELAY_MS', 'soon'],
])('rejects %s=%s and names the variable', (name, value) => {
  expect(limits.safeParse({ [name]: value }).error?.issues.map(({ path }) => path)).toEqual([[name]]);
});
