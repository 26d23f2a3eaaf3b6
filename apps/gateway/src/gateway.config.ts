import {
  flagsEnv,
  httpUrls,
  idempotencyEnv,
  redisEnv,
  serviceConfig,
  upstreamEnv,
} from '@film-store/service';
import { z } from 'zod';
import { authConfig } from './auth/auth.config.ts';
import { controlRoomEnv } from './control-room/control-room.config.ts';

const settings = serviceConfig({
  port: 3000,
  // Requests spend most of their time in upstreams. A limit as low as the bulkheads (64 calls and 32 waiting, for each
  // upstream) would reject all requests when one upstream is slow.
  overload: { initialLimit: 200, minLimit: 200 },
}).extend({
  CATALOG_URL: httpUrls
    .default('http://localhost:3001')
    .describe(
      'Addresses of catalog. `,` separates endpoints of equal preference, `|` separates regions in order of preference.',
    ),
  RECOMMENDATIONS_URL: httpUrls
    .default('http://localhost:3002')
    .describe('Addresses of recommendations, in the same format as CATALOG_URL.'),
  ...controlRoomEnv,
  ...redisEnv,
  ...idempotencyEnv,
  // #region part: flags
  ...flagsEnv({ file: 'deploy/flags/flags.json' }),
  // #endregion part: flags
  ...upstreamEnv('catalog'),
  ...upstreamEnv('recommendations'),
  ...authConfig,
  ...upstreamEnv('identity'),
});

export const gatewayConfig = settings.refine(
  ({ AUTH_JWT_SECRET, AUTH_JWKS_URL }) => AUTH_JWT_SECRET === undefined || AUTH_JWKS_URL === undefined,
  { path: ['AUTH_JWKS_URL'], message: 'cannot be set together with AUTH_JWT_SECRET' },
);

export type GatewayConfig = z.infer<typeof gatewayConfig>;
