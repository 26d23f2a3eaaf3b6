import { readFileSync } from 'node:fs';

export interface SecretFiles {
  /** What was read, by the name of the setting. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong with a setting's file, by the name of the setting. */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Reads the secrets that are given as files: `NAME_FILE` holds the path of what `NAME` would hold, as container
 * platforms mount it. The line break at the end of a file is not part of the secret.
 */
export function readSecretFiles(secrets: readonly string[], env: NodeJS.ProcessEnv): SecretFiles {
  const values: Record<string, string> = {};
  const faults = new Map<string, string>();
  for (const name of secrets) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    if (env[name] !== undefined) {
      faults.set(name, `cannot be set beside ${name}`);
      continue;
    }
    try {
      const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (value === '') faults.set(name, 'the file is empty');
      else values[name] = value;
    } catch (error) {
      faults.set(name, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return { values, faults };
}
