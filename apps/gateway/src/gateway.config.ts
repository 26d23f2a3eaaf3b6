import {
  flagsEnv,
  idempotencyEnv,
  redisEnv,
  serviceConfig,
  serviceUpstreamEnv,
  upstreamEnv,
} from '@film-store/service';
import { z } from 'zod';
import { authConfig } from './auth/auth.config.ts';
import { controlRoomEnv } from './control-room/control-room.config.ts';
import { lastKnownGoodEnv } from './last-known-good/last-known-good.config.ts';

const settings = serviceConfig({
  port: 3000,
  // Requests spend most of their time in upstreams. A limit as low as the bulkheads (64 calls and 32 waiting, for each
  // upstream) would reject all requests when one upstream is slow.
  overload: { initialLimit: 200, minLimit: 200 },
}).extend({
  ...serviceUpstreamEnv('catalog', { url: 'http://localhost:3001' }),
  ...serviceUpstreamEnv('recommendations', { url: 'http://localhost:3002' }),
  ...controlRoomEnv,
  ...redisEnv,
  ...lastKnownGoodEnv,
  ...idempotencyEnv,
  // #region part: flags
  ...flagsEnv({ file: 'deploy/flags/flags.json' }),
  // #endregion part: flags
  ...authConfig,
  ...upstreamEnv('identity'),
});

export const gatewayConfig = settings.refine(
  ({ AUTH_JWT_SECRET, AUTH_JWKS_URL }) => AUTH_JWT_SECRET === undefined || AUTH_JWKS_URL === undefined,
  { path: ['AUTH_JWKS_URL'], message: 'cannot be set together with AUTH_JWT_SECRET' },
);

export type GatewayConfig = z.infer<typeof gatewayConfig>;
