import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from './config.ts';
import { executorEnv, loadSheddingEnv, redisEnv, toLoadSheddingOptions, upstreamEnv } from './environment.ts';

const schema = z.object(redisEnv);
const read = (env: NodeJS.ProcessEnv) => () => parseConfig('words', schema, env);

describe('the Redis of a service is', () => {
  it.each([
    ['none', {}],
    ['at an address', { REDIS_URL: 'rediss://user:secret@redis.example.org:6380/1' }],
    ['whom sentinels name', { REDIS_SENTINELS: 'one:26379,two:26379', REDIS_SENTINEL_NAME: 'store' }],
    ['a cluster', { REDIS_CLUSTER_NODES: '127.0.0.1:7000' }],
    [
      'whom sentinels at IPv6 addresses name, in a list with spaces',
      { REDIS_SENTINELS: '[::1]:26379, [2001:db8::2]:26379', REDIS_SENTINEL_NAME: 'store' },
    ],
    ['a cluster at IPv6 addresses', { REDIS_CLUSTER_NODES: '[::1]:7000, one:7001' }],
    ['at an address with a password beside it', { REDIS_URL: 'redis://one', REDIS_PASSWORD: 'secret' }],
    [
      'a cluster that proves who it is',
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
      'two at a time',
      { REDIS_URL: 'redis://one', REDIS_CLUSTER_NODES: 'two:7000' },
      'REDIS_CLUSTER_NODES: cannot be set beside REDIS_URL',
    ],
    [
      'three at a time',
      {
        REDIS_URL: 'redis://one',
        REDIS_SENTINELS: 'two:26379',
        REDIS_SENTINEL_NAME: 'store',
        REDIS_CLUSTER_NODES: 'three:7000',
      },
      'REDIS_SENTINELS: cannot be set beside REDIS_URL\n  REDIS_CLUSTER_NODES: cannot be set beside REDIS_URL',
    ],
    [
      'that of sentinels who are not told its name',
      { REDIS_SENTINELS: 'one:26379' },
      'REDIS_SENTINEL_NAME: must be set with REDIS_SENTINELS',
    ],
    [
      'one that nobody is asked for by name',
      { REDIS_SENTINEL_NAME: 'store' },
      'REDIS_SENTINEL_NAME: cannot be set without REDIS_SENTINELS',
    ],
    [
      'one with two passwords',
      { REDIS_URL: 'redis://:secret@one', REDIS_PASSWORD: 'secret' },
      'REDIS_PASSWORD: cannot be set beside a password in REDIS_URL',
    ],
    [
      'one of no sentinels with a password of theirs',
      { REDIS_URL: 'redis://one', REDIS_SENTINEL_PASSWORD: 'secret' },
      'REDIS_SENTINEL_PASSWORD: cannot be set without REDIS_SENTINELS',
    ],
    [
      'an address in the clear that is to be TLS',
      { REDIS_URL: 'redis://one', REDIS_TLS: 'true' },
      'REDIS_TLS: cannot be set beside REDIS_URL: use rediss://',
    ],
    [
      'one in the clear that somebody vouches for',
      { REDIS_URL: 'redis://one', REDIS_TLS_CA_FILE: import.meta.filename },
      'REDIS_TLS_CA_FILE: needs REDIS_TLS=true or rediss://',
    ],
    [
      'one that a file vouches for which is not there',
      { REDIS_URL: 'rediss://one', REDIS_TLS_CA_FILE: '/no/such/file' },
      'REDIS_TLS_CA_FILE: must be a file that can be read and is not empty',
    ],
    [
      'a node without a port',
      { REDIS_CLUSTER_NODES: 'one:7000,two' },
      'REDIS_CLUSTER_NODES: must be host:port',
    ],
  ])('not %s', (_, env, message) => {
    expect(read(env)).toThrow(message);
  });
});

const policies = z
  .object({ PORT: z.coerce.number() })
  .extend({ ...upstreamEnv('films'), ...executorEnv('shelf') });

const faultsOf = (env: Record<string, string>): string[] | undefined => {
  try {
    return void parseConfig('films', policies, { PORT: '1', ...env });
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
};

describe('settings that contradict one another', () => {
  it.each([
    ['UPSTREAM_FILMS_TIMEOUT_FLOOR_MS', '1000', '1001', 'UPSTREAM_FILMS_TIMEOUT_INITIAL_MS'],
    ['UPSTREAM_FILMS_TIMEOUT_INITIAL_MS', '2000', '2001', 'UPSTREAM_FILMS_TIMEOUT_MAX_MS'],
    ['UPSTREAM_FILMS_RETRY_BASE_MS', '1000', '1001', 'UPSTREAM_FILMS_RETRY_CAP_MS'],
    ['UPSTREAM_FILMS_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_FILMS_BREAKER_RESET_MAX_MS'],
    ['UPSTREAM_SHELF_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_SHELF_BREAKER_RESET_MAX_MS'],
  ])('%s may be %s, not %s', (name, highest, tooHigh, bound) => {
    expect(faultsOf({ [name]: highest })).toBeUndefined();
    expect(faultsOf({ [name]: tooHigh })).toEqual([`${name}: must not exceed ${bound}`]);
  });

  it('are told all at once, of every upstream, with whatever else is wrong', () => {
    const env = {
      PORT: 'x',
      UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: '3000',
      UPSTREAM_SHELF_TIMEOUT_MAX_MS: '999',
    };
    expect(faultsOf(env)).toEqual([
      expect.stringMatching(/^PORT: /),
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: must not exceed UPSTREAM_FILMS_TIMEOUT_INITIAL_MS',
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: must not exceed UPSTREAM_FILMS_TIMEOUT_MAX_MS',
      'UPSTREAM_SHELF_TIMEOUT_INITIAL_MS: must not exceed UPSTREAM_SHELF_TIMEOUT_MAX_MS',
    ]);
  });

  it('of which one is no number have that one fault', () => {
    expect(faultsOf({ UPSTREAM_FILMS_RETRY_CAP_MS: 'soon' })).toEqual([
      expect.stringMatching(/^UPSTREAM_FILMS_RETRY_CAP_MS: /),
    ]);
  });
});

const limits = z.object(loadSheddingEnv({ minLimit: 50 }));

it('has a default for everything, a service its own', () => {
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
])('%s=%s is refused by its name', (name, value) => {
  expect(limits.safeParse({ [name]: value }).error?.issues.map(({ path }) => path)).toEqual([[name]]);
});
