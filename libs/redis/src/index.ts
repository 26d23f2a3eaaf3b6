export { REDIS_POLICY_DEFAULTS, type RedisOptions, redisOptions } from './options.ts';
export { RedisConnection, RedisModule, type RedisModuleOptions } from './redis.ts';
