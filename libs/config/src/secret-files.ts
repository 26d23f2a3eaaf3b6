import { readFileSync } from 'node:fs';

/**
 * Reads secrets from files, as container platforms mount them: `NAME_FILE` is the path of a file with the value of
 * `NAME`. A line break at the end of the file is ignored.
 * @returns file contents and errors, by the variable of the secret
 */
export function readSecretFiles(secrets: readonly string[], env: NodeJS.ProcessEnv) {
  const values: Record<string, string> = {};
  const errors = new Map<string, string>();
  for (const name of secrets) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    if (env[name] !== undefined) {
      errors.set(name, `cannot be set beside ${name}`);
      continue;
    }
    try {
      const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (value === '') errors.set(name, 'the file is empty');
      else values[name] = value;
    } catch (error) {
      errors.set(name, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return { values, errors };
}
