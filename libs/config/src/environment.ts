import type { z } from 'zod';
import { hasLocalDefault } from './local-default.ts';
import { checkOptionGroups } from './option-variables.ts';
import { readSecretFiles } from './secret-files.ts';
import { isSecret } from './secret.ts';

/** Names all errors of a configuration. */
export class ConfigError extends Error {
  constructor(service: string, errors: readonly string[]) {
    super(
      `${service} cannot start, its configuration is not valid:\n${errors.map((error) => `  ${error}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Parses environment variables. An empty variable counts as unset. `NAME_FILE` may name a file with the value of a secret.
 * With `NODE_ENV=production` a variable whose default is for one machine is required.
 * @param isMisspelled returns `true` for a variable that is not in `schema` and must not be ignored
 * @throws ConfigError that names every invalid variable
 */
export function parseEnvironment<S extends z.ZodObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
  isMisspelled: (variable: string) => boolean = () => false,
): Readonly<z.infer<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const secrets = Object.keys(schema.shape).filter((name) => isSecret(schema.shape[name]));
  const files = readSecretFiles(secrets, given);
  const values = { ...given, ...files.values };
  const result = schema.safeParse(values);
  const missing = Object.keys(schema.shape)
    .filter((name) => hasLocalDefault(schema.shape[name]) && given[name] === undefined)
    .map((name) => ({ path: [name], message: 'is required with NODE_ENV=production' }));
  const issues = [
    ...(result.error?.issues ?? []),
    ...checkOptionGroups(schema.shape, values),
    ...(env['NODE_ENV'] === 'production' ? missing : []),
  ]
    // A secret whose file cannot be read is not reported as missing too.
    .filter(({ path }) => !files.errors.has(String(path[0])));
  const errors = [
    ...issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...[...files.errors].map(([name, error]) => `${name}_FILE: ${error}`),
    ...Object.keys(given)
      .filter((name) => !(name in schema.shape) && isMisspelled(name))
      .map((name) => `${name}: is not a known variable`),
  ];
  if (!result.success || errors.length > 0) throw new ConfigError(service, errors);
  return Object.freeze(result.data);
}

/** Returns the effective settings for display, without the secrets. */
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
