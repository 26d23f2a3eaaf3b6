export { CONFIG, type ConfigSchema, exampleEnv, httpUrl, secret, serviceConfig } from './config.ts';
export { RedisConnection, redisConfig } from './redis.ts';
export { runService } from './run.ts';
export { type Service, type ServiceDefinition, createService, defineService } from './service.ts';
