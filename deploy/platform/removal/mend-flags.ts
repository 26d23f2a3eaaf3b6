import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../working-copy.ts';
import { writeJson } from './mend-settings.ts';

interface Definitions {
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Removes the feature flags of a service, whose names begin with its name and a dot, from the definitions. */
export async function mendFlags(root: string, service: string): Promise<void> {
  const path = join(root, 'deploy/flags/flags.json');
  if (!existsSync(path)) return;
  const definitions = await readJson<Definitions>(path);
  const kept = Object.entries(definitions.flags).filter(([name]) => !name.startsWith(`${service}.`));
  await writeJson(path, { ...definitions, flags: Object.fromEntries(kept) });
}
