import { z } from 'zod';
import { parseCommaList } from '@film-store/core';
import type { LoadSheddingSettings } from '@film-store/load-shedding';
import { logLevels } from '@film-store/telemetry';
import { parseEnvironment, secret } from '@film-store/config';
import { isMisspelled, loadSheddingEnv } from './environment.ts';

/** Injects the service's validated configuration. */
export const CONFIG = Symbol('config');

/** The address of something that speaks HTTP. It is shown to operators, so it carries no password. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  // What is no address has been refused already.
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, {
    message: 'must not carry a name or a password',
  });

/** The origins in a list of them; `undefined` stands for what is more, or less, than one. */
const originsOf = (list: string): (string | undefined)[] =>
  list
    .split('|')
    .flatMap(parseCommaList)
    .map((given) => {
      const url = URL.parse(given);
      return url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url.origin : undefined;
    });

/** Where another service is: `,` separates equal endpoints, `|` tiers in order of preference. */
export const httpUrls = z
  .string()
  .refine((list) => !originsOf(list).includes(undefined), {
    message:
      'must be addresses without passwords, paths or queries, separated by , (equal ones) or | (in order of preference)',
  })
  .refine(
    (list) => {
      const origins = originsOf(list).filter((origin) => origin !== undefined);
      return new Set(origins).size === origins.length;
    },
    { message: 'must name each address once' },
  );

const serviceTokens = z
  .string()
  .regex(
    /^[\w.~+/=-]{32,}(?:\s*,\s*[\w.~+/=-]{32,})*$/,
    'must be 32 or more of the letters, digits and -._~+/= of a bearer token; several are separated by commas',
  );

/** The settings every service has; a service extends them with its own. Each one is a variable's name. */
export const serviceConfig = (defaults: { port: number; overload?: Partial<LoadSheddingSettings> }) =>
  z.object({
    HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 lets other machines in.'),
    PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(defaults.port)
      .describe('Port to listen on; 0 takes a free one.'),
    LOG_LEVEL: z
      .enum(logLevels)
      .default('info')
      .describe(`How much is logged: ${logLevels.join(', ')}.`),
    TRACES_RING: z
      .enum(['true', 'false'])
      .default('false')
      .describe(
        'Whether the latest traces are kept in memory, for GET /ops/traces: of every request, or of those an exporter gets.',
      ),
    ADMIN_TOKEN: secret(z.string().min(16))
      .optional()
      .describe(
        'What operators show as a bearer token under /ops. Unset: only this machine is let in. Set it behind a proxy: one on this machine that adds no header such as Forwarded or X-Forwarded-For lets in all of its clients.',
      ),
    SERVICE_TOKEN: secret(serviceTokens)
      .optional()
      .describe(
        'What services show one another, 32 characters or more. The first of several, separated by commas, is shown, each lets in. Unset: whoever reaches an internal service is let in.',
      ),
    FAULTS_ENABLED: z
      .enum(['true', 'false'])
      .default('false')
      .describe('Whether operators can make things fail on purpose, under /ops/faults.'),
    DRAIN_WAIT_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(300_000)
      .default(0)
      .describe(
        'How long it still accepts after it was told to stop, for balancers to see it is not ready, in ms.',
      ),
    DRAIN_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(300_000)
      .default(10_000)
      .describe(
        'How long what is in flight may take after that, in ms; more than the longest request, 5000.',
      ),
    ...loadSheddingEnv(defaults.overload),
  });

export type ConfigSchema = ReturnType<typeof serviceConfig>;
export type ServiceConfig = z.infer<ConfigSchema>;

/**
 * Parses a service's configuration.
 * @throws ConfigError that names every invalid or misspelled variable
 */
export const parseConfig = <S extends z.ZodObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
): Readonly<z.infer<S>> => parseEnvironment(service, schema, env, isMisspelled);
