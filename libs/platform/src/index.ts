export { CONFIG, type ConfigSchema, exampleEnv, httpUrls, secret, serviceConfig } from './config.ts';
export { RedisConnection, redisConfig } from './redis.ts';
export { UseRoutePolicy } from './route-policy.ts';
export { runService } from './run.ts';
export { type Service, type ServiceDefinition, createService, defineService } from './service.ts';
