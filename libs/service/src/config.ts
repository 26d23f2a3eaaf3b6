import { z } from 'zod';
import { parseCommaList } from '@film-store/core';
import type { LoadSheddingSettings } from '@film-store/load-shedding';
import { logLevels } from '@film-store/telemetry';
import { parseEnvironment, secret } from '@film-store/config';
import { isMisspelled, loadSheddingEnv } from './environment.ts';

/** Injects the service's validated configuration. */
export const CONFIG = Symbol('config');

/** A URL of an HTTP server. Operators can see it, so it must not contain a password. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  // A value that is no URL is reported already.
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, {
    message: 'must not contain a user name or a password',
  });

/** Returns `undefined` for an entry that is not exactly an origin. */
const parseOrigins = (list: string): (string | undefined)[] =>
  list
    .split('|')
    .flatMap(parseCommaList)
    .map((entry) => {
      const url = URL.parse(entry);
      return url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url.origin : undefined;
    });

/** URLs of a service: `,` separates equal endpoints, `|` separates groups in order of preference. */
export const httpUrls = z
  .string()
  .refine((list) => !parseOrigins(list).includes(undefined), {
    message:
      'must be URLs without passwords, paths or queries, separated by , (equal endpoints) or | (groups in order of preference)',
    abort: true,
  })
  .refine((list) => new Set(parseOrigins(list)).size === parseOrigins(list).length, {
    message: 'must name each URL once',
  });

const serviceTokens = z
  .string()
  .regex(
    /^[\w.~+/=-]{32,}(?:\s*,\s*[\w.~+/=-]{32,})*$/,
    'must be tokens of 32 or more letters, digits and -._~+/=, separated by commas',
  );

const integer = (max: number, fallback: number) => z.coerce.number().int().min(0).max(max).default(fallback);
const flag = z.stringbool().prefault('false');

/** Returns the schema of the variables that every service has. A service extends it with its own. */
export const serviceConfig = (defaults: { port: number; overload?: Partial<LoadSheddingSettings> }) =>
  z.object({
    HOST: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on. 0.0.0.0 accepts connections from other machines.'),
    PORT: integer(65_535, defaults.port).describe('Port to listen on. 0 selects a free port.'),
    LOG_LEVEL: z
      .enum(logLevels)
      .default('info')
      .describe(`Minimum level of log lines: ${logLevels.join(', ')}.`),
    PLATFORM_NAMESPACE: z
      .string()
      .regex(/^[a-z][a-z\d-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens')
      .optional()
      .describe(
        'Name of this installation. It stands before all keys in Redis and before the name of the session cookie, and is `service.namespace` of telemetry. Set it if installations share a Redis, a host name or a collector. A change loses the keys in Redis.',
      ),
    TRACES_RING: flag.describe(
      'true keeps the latest traces in memory for GET /ops/traces: all requests, or the sampled ones if an exporter is configured.',
    ),
    ADMIN_TOKEN: secret(z.string().min(16))
      .optional()
      .describe(
        'Bearer token of operators for /ops. Unset: only callers on this machine are admitted. Set it behind a proxy on this machine: if the proxy adds no header such as Forwarded or X-Forwarded-For, all of its clients are admitted.',
      ),
    SERVICE_TOKEN: secret(serviceTokens)
      .optional()
      .describe(
        'Tokens of at least 32 characters for calls between services, separated by commas. The first is sent, all are accepted. Unset: an internal service accepts every caller.',
      ),
    // #region part: faults
    FAULTS_ENABLED: flag.describe('true lets operators inject faults with /ops/faults.'),
    // #endregion part: faults
    DRAIN_WAIT_MS: integer(300_000, 0).describe(
      'Time in which a draining service still accepts requests, so that load balancers notice that it is not ready, in ms.',
    ),
    DRAIN_TIMEOUT_MS: integer(300_000, 10_000).describe(
      'Longest time for requests in flight after that, in ms. Must exceed the longest deadline, 5000.',
    ),
    ...loadSheddingEnv(defaults.overload),
  });

export type ConfigSchema = ReturnType<typeof serviceConfig>;
export type ServiceConfig = z.infer<ConfigSchema>;

/** @throws ConfigError that names every invalid or misspelled variable */
export const parseConfig = <S extends z.ZodObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
): Readonly<z.infer<S>> => parseEnvironment(service, schema, env, isMisspelled);
