import { z } from 'zod';
import { readableFile, secret } from '@film-store/config';
import { executorEnv, serviceConfig } from '@film-store/service';
import { checkDatabaseTls } from './database/database-tls.ts';

const settings = serviceConfig({ port: 3001 }).extend({
  DATABASE_URL: secret(z.url({ protocol: /^postgres(ql)?$/ }))
    .optional()
    .describe(
      'PostgreSQL 15 or later, as postgres://user:password@host/database, over TLS with ?sslmode=verify-full. A pooler may stand before it, PgBouncer in transaction mode too. Unset: PGlite in DATA_DIR.',
    ),
  DATABASE_TLS_CA_FILE: readableFile
    .optional()
    .describe('Certificates of who vouches for PostgreSQL, as PEM. Unset: those that Node knows.'),
  DATA_DIR: z
    .string()
    .default('.data/catalog')
    .describe('Directory of the embedded database; one process at a time may use it.'),
  ...executorEnv('database', {
    // A read's budget.
    timeoutMaxMs: 1000,
    // As many reads as may be under way: when they all hang, that is a verdict.
    breakerMinimumCalls: 9,
    // The connections of the pool. Waiting for one is most of what an order does under load.
    bulkheadConcurrency: 10,
    bulkheadQueueLimit: 100,
    bulkheadQueueTimeoutMs: 1000,
  }),
});

export const catalogConfig = settings.check(checkDatabaseTls);

export type CatalogConfig = z.infer<typeof catalogConfig>;
