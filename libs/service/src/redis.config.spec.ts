import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from './config.ts';
import { oneRedis, redisConfig } from './redis.config.ts';

const schema = z.object(redisConfig).check(oneRedis);
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
    expect(read(env)()).toMatchObject(env);
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
      'REDIS_TLS: cannot be set beside REDIS_URL, which says it by rediss://',
    ],
    [
      'one in the clear that somebody vouches for',
      { REDIS_URL: 'redis://one', REDIS_TLS_CA_FILE: import.meta.filename },
      'REDIS_TLS_CA_FILE: is of no use without REDIS_TLS=true or rediss://',
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
