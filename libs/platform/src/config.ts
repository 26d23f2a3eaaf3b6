import { z } from 'zod';
import { type OverloadSettings, limitsInOrder, overloadConfig } from '#libs/overload';
import { logLevels } from '#libs/telemetry';

/** Injects the service's validated configuration. */
export const CONFIG = Symbol('config');

/** Marks a setting whose value is never printed or logged. */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), secret: true });

const httpUrl = z.url({ protocol: /^https?$/ });

/** Base addresses of another service: `,` separates equal endpoints, `|` tiers in order of preference. */
export const httpUrls = z
  .string()
  .refine((list) => list.split(/[,|]/).every((url) => httpUrl.safeParse(url.trim()).success), {
    message: 'must be addresses, separated by , (equal ones) or | (in order of preference)',
  });

/** The settings every service has; a service extends them with its own. Each one is a variable's name. */
export const serviceConfig = (defaults: { port: number; overload?: Partial<OverloadSettings> }) =>
  z
    .object({
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
          'Whether the latest traces are kept in memory, of every request, where no exporter is named.',
        ),
      ADMIN_TOKEN: secret(z.string().min(16))
        .optional()
        .describe('What operators show as a bearer token under /ops. Unset: only this machine is let in.'),
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
      ...overloadConfig(defaults.overload),
    })
    .refine(limitsInOrder, {
      path: ['OVERLOAD_LIMIT_MIN'],
      message: 'must not exceed OVERLOAD_LIMIT_MAX',
      // Listed with whatever else is wrong.
      when: () => true,
    });

export type ConfigSchema = ReturnType<typeof serviceConfig>;
export type ServiceConfig = z.infer<ConfigSchema>;

/** A configuration that cannot be used, with every fault in it. */
export class ConfigError extends Error {
  constructor(service: string, faults: readonly string[]) {
    super(
      `${service} cannot start, its configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Reads a service's settings. An empty variable counts as not set.
 * @throws ConfigError that names every bad variable
 */
export function parseConfig<S extends z.ZodObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
): Readonly<z.infer<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (!result.success) {
    throw new ConfigError(
      service,
      result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    );
  }
  return Object.freeze(result.data);
}

/** The effective settings, secrets left out, for people to read. */
export function redactConfig(
  schema: z.ZodObject,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      value !== undefined && isSecret(schema.shape[name]) ? '(redacted)' : value,
    ]),
  );
}

/** One service's part of `.env.example`: each variable with its description, commented out with its default. */
export function exampleEnv(service: string, schema: z.ZodObject): string {
  const settings = Object.entries(schema.shape).map(([name, field]) => {
    const { description = '', default: fallback } = z.toJSONSchema(field, { io: 'input' });
    return `# ${description}\n# ${name}=${typeof fallback === 'string' || typeof fallback === 'number' ? fallback : ''}\n`;
  });
  return `# --- ${service} ---\n\n${settings.join('\n')}`;
}

const isSecret = (field: z.core.$ZodType | undefined): boolean =>
  field instanceof z.ZodType &&
  (field.meta()?.secret === true || (field instanceof z.ZodOptional && isSecret(field.unwrap())));
