import { z } from 'zod';
import { secret } from '@film-store/config';
import { executorEnv } from '@film-store/service';
import { filesEnv } from '../files/files.config.ts';

/** Settings of the database. */
export const databaseEnv = {
  DATABASE_URL: secret(z.url({ protocol: /^postgres(ql)?$/ }))
    .optional()
    .describe(
      'Address of PostgreSQL: postgres://user:password@host/database. Add ?sslmode=verify-full for TLS. Unset: PGlite in DATA_DIR.',
    ),
  ...filesEnv,
  // One permit for each connection of the pool. The breaker opens when all connections hang.
  ...executorEnv('database', { timeoutMaxMs: 1000, breakerMinimumCalls: 9, bulkheadConcurrency: 10 }),
};
export type DatabaseConfig = z.infer<z.ZodObject<typeof databaseEnv>>;
