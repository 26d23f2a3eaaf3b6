import { z } from 'zod';
import { httpUrls, serviceConfig, upstreamEnv } from '@film-store/service';

export const recommendationsConfig = serviceConfig({ port: 3002 }).extend({
  CATALOG_URL: httpUrls
    .default('http://localhost:3001')
    .describe(
      'Addresses of catalog. `,` separates endpoints of equal preference, `|` separates regions in order of preference.',
    ),
  DATA_DIR: z
    .string()
    .default('.data/recommendations')
    .describe('Directory for the film snapshot, which allows a start without catalog.'),
  // The poller retries by itself.
  ...upstreamEnv('catalog', { retryAttempts: 1 }),
});
export type RecommendationsConfig = z.infer<typeof recommendationsConfig>;
