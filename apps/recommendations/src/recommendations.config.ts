import { z } from 'zod';
import { httpUrls, serviceConfig, upstreamEnv } from '@film-store/service';

export const recommendationsConfig = serviceConfig({ port: 3002 }).extend({
  CATALOG_URL: httpUrls
    .default('http://localhost:3001')
    .describe('Where catalog answers: `,` separates equal endpoints, `|` regions in order of preference.'),
  DATA_DIR: z
    .string()
    .default('.data/recommendations')
    .describe('Directory that keeps the films last read, for a start without catalog.'),
  // Its polls are tried again by themselves.
  ...upstreamEnv('catalog', { retryAttempts: 1 }),
});
export type RecommendationsConfig = z.infer<typeof recommendationsConfig>;
