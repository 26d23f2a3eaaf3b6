export {
  CONFIG,
  type ConfigSchema,
  type ServiceConfig,
  exampleEnv,
  httpUrl,
  httpUrls,
  parseConfig,
  redactConfig,
  serviceConfig,
} from './config.ts';
export { oneRedis, redisConfig } from './redis.config.ts';
export { runService } from './run.ts';
export { serviceTokenHeaders } from './service-token.ts';
export { type Service, type ServiceDefinition, createService, defineService } from './service.ts';
export { ReadinessTasks } from './readiness-tasks.ts';
