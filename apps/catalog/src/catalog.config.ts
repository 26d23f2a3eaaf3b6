import { z } from 'zod';
import { readableFile, secret } from '@film-store/config';
import { executorEnv, serviceConfig } from '@film-store/service';
import { checkDatabaseTls } from './database/database-tls.ts';

const settings = serviceConfig({ port: 3001 }).extend({
  DATABASE_URL: secret(z.url({ protocol: /^postgres(ql)?$/ }))
    .optional()
    .describe(
      'Address of PostgreSQL 15 or later: postgres://user:password@host/database. Add ?sslmode=verify-full for TLS. A pooler such as PgBouncer works, also in transaction mode. Unset: PGlite in DATA_DIR.',
    ),
  DATABASE_TLS_CA_FILE: readableFile
    .optional()
    .describe(
      'PEM file with the certificate authorities that PostgreSQL is verified with. Unset: the authorities built into Node.',
    ),
  DATA_DIR: z
    .string()
    .default('.data/catalog')
    .describe('Directory of the embedded database PGlite. Only one process at a time can use it.'),
  ...executorEnv('database', {
    // Equal to the statement timeout of reads.
    timeoutMaxMs: 1000,
    // Just below the bulkhead's limit, so the breaker opens when all connections hang.
    breakerMinimumCalls: 9,
    // Equal to the number of connections in the pool. Under load, an order spends most of its time in this queue.
    bulkheadConcurrency: 10,
    bulkheadQueueLimit: 100,
    bulkheadQueueTimeoutMs: 1000,
  }),
});

export const catalogConfig = settings.check(checkDatabaseTls);

export type CatalogConfig = z.infer<typeof catalogConfig>;
