export { type RedisOptions, redisOptions } from './options.ts';
export { REDIS_POLICY_DEFAULTS, RedisConnection, RedisModule, type RedisModuleOptions } from './redis.ts';
