export { CONFIG, type ConfigSchema, exampleEnv, httpUrls, serviceConfig } from './config.ts';
export { oneRedis, redisConfig } from './redis-config.ts';
export { RedisConnection, RedisModule } from './redis.ts';
export { UseRoutePolicy } from './route-policy.ts';
export { runService } from './run.ts';
export { type Service, type ServiceDefinition, createService, defineService } from './service.ts';
export { secret } from './secret.ts';
export { serviceTokenHeaders } from './service-token.ts';
export { StartUp } from './start-up.ts';
