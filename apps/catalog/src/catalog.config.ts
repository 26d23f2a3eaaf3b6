import { z } from 'zod';
import { secret, serviceConfig } from '#libs/platform';

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
});
export type CatalogConfig = z.infer<typeof catalogConfig>;
