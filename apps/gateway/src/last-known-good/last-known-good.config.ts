import { otherRedisEnv } from '@film-store/service';
import { z } from 'zod';

const MIB = 1024 * 1024;

export const lastKnownGoodEnv = {
  LAST_KNOWN_GOOD_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIB)
    .max(1024 * MIB)
    .default(16 * MIB)
    .describe(
      'Memory in bytes of last-known-good responses in Redis. Above it, the least requested ones are removed.',
    ),
  // Its data may be lost, so this Redis may evict keys.
  ...otherRedisEnv('CACHE_REDIS_'),
};
