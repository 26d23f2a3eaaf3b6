import { z } from 'zod';
import { httpUrl, serviceConfig } from '#libs/platform';

export const recommendationsConfig = serviceConfig({ port: 3002 }).extend({
  CATALOG_URL: httpUrl.default('http://localhost:3001').describe('Base address of catalog.'),
  DATA_DIR: z
    .string()
    .default('.data/recommendations')
    .describe('Directory that keeps the films last read, for a start without catalog.'),
});
export type RecommendationsConfig = z.infer<typeof recommendationsConfig>;
