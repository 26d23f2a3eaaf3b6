import { z } from 'zod';
import { secret, serviceConfig } from '#libs/platform';
import { dependencyConfig } from '#libs/resilience';

export const catalogConfig = serviceConfig({ port: 3001 }).extend({
  DATABASE_URL: secret(z.url({ protocol: /^postgres(ql)?$/ }))
    .optional()
    .describe(
      'PostgreSQL 15 or later, as postgres://user:password@host/database; unset: PGlite in DATA_DIR.',
    ),
  DATA_DIR: z
    .string()
    .default('.data/catalog')
    .describe('Directory of the embedded database; one process at a time may use it.'),
  ...dependencyConfig('database', {
    // A read's budget.
    TIMEOUT_MAX_MS: 1000,
    // As many as may be under way: when they all hang, that is a verdict.
    BREAKER_VOLUME: 10,
    // The connections of the pool. Waiting for one is most of what an order does under load.
    BULKHEAD_CONCURRENT: 10,
    BULKHEAD_QUEUE: 100,
    BULKHEAD_WAIT_MS: 1000,
  }),
});
export type CatalogConfig = z.infer<typeof catalogConfig>;
