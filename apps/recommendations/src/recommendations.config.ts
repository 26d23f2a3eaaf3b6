import { z } from 'zod';
import { serviceConfig, serviceUpstreamEnv } from '@film-store/service';

export const recommendationsConfig = serviceConfig({ port: 3002 }).extend({
  // The poller retries by itself.
  ...serviceUpstreamEnv('catalog', { url: 'http://localhost:3001', retryAttempts: 1 }),
  DATA_DIR: z
    .string()
    .default('.data/recommendations')
    .describe(
      'Directory for films and sales, which allow a start without catalog. About 0.6 GiB for a million films.',
    ),
});
export type RecommendationsConfig = z.infer<typeof recommendationsConfig>;
