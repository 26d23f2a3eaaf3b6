export {
  CONFIG,
  type ConfigSchema,
  type ServiceConfig,
  httpUrl,
  httpUrls,
  parseConfig,
  serviceConfig,
} from './config.ts';
export {
  executorEnv,
  idempotencyEnv,
  otherRedisEnv,
  redisEnv,
  toEnvName,
  toExecutorPolicies,
  toOtherRedisOptions,
  toRedisOptions,
  toUpstreamPolicies,
  upstreamEnv,
} from './environment.ts';
export { flagsEnv, toFlagsOptions } from './flags-environment.ts';
export { runService } from './run.ts';
export { serviceTokenHeaders } from './service-token.ts';
export { serviceUpstreamEnv, toServiceUpstream } from './service-upstream.ts';
export { createUpstreamCheck } from './upstream-check.ts';
export { type Service, type ServiceDefinition, createService, defineService } from './service.ts';
export { ReadinessTasks } from './readiness-tasks.ts';
