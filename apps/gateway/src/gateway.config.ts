import { httpUrls, redisConfig, serviceConfig } from '#libs/platform';
import { upstreamConfig } from '#libs/resilience';
import type { z } from 'zod';

export const gatewayConfig = serviceConfig({ port: 3000 }).extend({
  CATALOG_URL: httpUrls
    .default('http://localhost:3001')
    .describe('Where catalog answers: `,` separates equal endpoints, `|` regions in order of preference.'),
  RECOMMENDATIONS_URL: httpUrls
    .default('http://localhost:3002')
    .describe('Where recommendations answers, likewise.'),
  ...redisConfig,
  ...upstreamConfig('catalog'),
  ...upstreamConfig('recommendations'),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;
