import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Scalar, parseDocument } from 'yaml';
import { writeJson } from './mend-settings.ts';

const FLAGS = 'deploy/flags/flags.json';
const CONFIG_MAP = 'deploy/k8s/base/flags.yaml';

interface Definitions {
  flags: Record<string, unknown>;
}

/** Removes the feature flags of a service, whose names begin with its name and a dot, from the files of definitions. */
export async function mendFlags(root: string, service: string): Promise<void> {
  const path = join(root, FLAGS);
  if (existsSync(path)) await writeJson(path, withoutFlags(await readFile(path, 'utf8'), service));
  const map = join(root, CONFIG_MAP);
  if (!existsSync(map)) return;
  const document = parseDocument(await readFile(map, 'utf8'));
  const definitions = withoutFlags(String(document.getIn(['data', 'flags.json'])), service);
  const text = new Scalar(`${JSON.stringify(definitions, undefined, 2)}\n`);
  text.type = Scalar.BLOCK_LITERAL;
  document.setIn(['data', 'flags.json'], text);
  await writeFile(map, document.toString());
}

function withoutFlags(text: string, service: string): Definitions {
  const definitions = JSON.parse(text) as Definitions;
  const kept = Object.entries(definitions.flags).filter(([name]) => !name.startsWith(`${service}.`));
  return { ...definitions, flags: Object.fromEntries(kept) };
}
