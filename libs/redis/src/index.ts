export { parseRedisNodes } from './redis-nodes.ts';
export { type RedisSettings, speaksTls } from './redis-settings.ts';
export { RedisConnection, RedisModule } from './redis.ts';
