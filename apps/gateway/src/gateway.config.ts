import {
  flagsEnv,
  httpUrl,
  httpUrls,
  idempotencyEnv,
  redisEnv,
  serviceConfig,
  upstreamEnv,
} from '@film-store/service';
import { z } from 'zod';
import { authConfig } from './auth/auth.config.ts';

const settings = serviceConfig({
  port: 3000,
  // Most of its time is its upstreams', whose bulkheads bound it (64 calls and 32 waiting, each). As low as theirs its
  // own limit would turn everyone away for one that is slow.
  overload: { initialLimit: 200, minLimit: 200 },
}).extend({
  CATALOG_URL: httpUrls
    .default('http://localhost:3001')
    .describe('Where catalog answers: `,` separates equal endpoints, `|` regions in order of preference.'),
  RECOMMENDATIONS_URL: httpUrls
    .default('http://localhost:3002')
    .describe('Where recommendations answers, likewise.'),
  CONTROL_ROOM: z
    .stringbool()
    .prefault('false')
    .describe('Whether `/` is the control room, a page that shows the store and how the system is.'),
  JAEGER_URL: httpUrl
    .optional()
    .describe('Where people look at traces: the control room links there, as JAEGER_URL/trace/ID.'),
  GRAFANA_URL: httpUrl.optional().describe('Where the dashboards are: the control room links there.'),
  ...redisEnv,
  ...idempotencyEnv,
  ...flagsEnv({ file: 'deploy/flags/flags.json' }),
  ...upstreamEnv('catalog'),
  ...upstreamEnv('recommendations'),
  ...authConfig,
  ...upstreamEnv('identity'),
});

export const gatewayConfig = settings.refine(
  ({ AUTH_JWT_SECRET, AUTH_JWKS_URL }) => AUTH_JWT_SECRET === undefined || AUTH_JWKS_URL === undefined,
  { path: ['AUTH_JWKS_URL'], message: 'cannot be set beside AUTH_JWT_SECRET' },
);

export type GatewayConfig = z.infer<typeof gatewayConfig>;
