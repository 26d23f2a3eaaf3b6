import { httpUrl, redisConfig, serviceConfig } from '#libs/platform';
import type { z } from 'zod';

export const gatewayConfig = serviceConfig({ port: 3000 }).extend({
  CATALOG_URL: httpUrl.default('http://localhost:3001').describe('Where catalog answers.'),
  RECOMMENDATIONS_URL: httpUrl.default('http://localhost:3002').describe('Where recommendations answers.'),
  ...redisConfig,
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;
