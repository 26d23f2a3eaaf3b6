import { z } from 'zod';
import { serviceConfig, serviceUpstreamEnv } from '@film-store/service';
import { isWritableDirectory } from './database/writable-directory.ts';

const settings = serviceConfig({ port: 3002 }).extend({
  // The poller retries by itself.
  ...serviceUpstreamEnv('catalog', { url: 'http://localhost:3001', retryAttempts: 1 }),
  DATA_DIR: z
    .string()
    .default('.data/recommendations')
    .describe(
      'Directory for films and sales, which allow a start without catalog. About 0.6 GiB for a million films.',
    ),
});

/** Without files, every restart would read all films and count all orders again, so the service does not start. */
export const recommendationsConfig = settings.check(({ value, issues }) => {
  if (isWritableDirectory(value.DATA_DIR)) return;
  const message = 'must be a directory that this process can write to, or can create';
  issues.push({ code: 'custom', path: ['DATA_DIR'], message, input: value.DATA_DIR });
});
export type RecommendationsConfig = z.infer<typeof recommendationsConfig>;
