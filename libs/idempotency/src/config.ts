import { z } from 'zod';

/** The settings of a service with idempotent routes. */
export const idempotencyConfig = {
  IDEMPOTENCY_SECRET: z.string().min(32).meta({
    secret: true,
    description:
      'What Idempotency-Keys are hidden with, 32 characters or more, the same in every replica. Changing it makes every key new.',
  }),
};
