export { parseRedisNodes } from './redis-nodes.ts';
export { RedisConnection, RedisModule } from './redis.ts';
