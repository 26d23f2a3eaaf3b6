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
  DATABASE_REPLICA_URL: secret(z.url({ protocol: /^postgres(ql)?$/ }))
    .optional()
    .describe(
      'Address of a PostgreSQL that replicates that of DATABASE_URL by streaming. It serves lists, products and searches while its data is current. Orders, stock and the order feed use DATABASE_URL only.',
    ),
  DATABASE_REPLICA_MAX_LAG_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .max(60_000)
    .default(5000)
    .describe(
      'Greatest age in milliseconds of the data of the replica. While its data is older, reads go to DATABASE_URL. Responses contain the time of the data as `asOf`.',
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
  ...executorEnv('search', {
    // A search of a million films takes 1 to 50 ms. A longer one ends, because others wait for its connection.
    timeoutInitialMs: 500,
    timeoutMaxMs: 500,
    // A connection beside those of other work, so searches do not delay product pages and orders.
    bulkheadConcurrency: 1,
    // A burst of 20 searches fits. A waiting search holds a permit of the load shedder, but is shed before other reads.
    bulkheadQueueLimit: 24,
    bulkheadQueueTimeoutMs: 500,
  }),
});

export const catalogConfig = settings.check(checkDatabaseTls);

export type CatalogConfig = z.infer<typeof catalogConfig>;
