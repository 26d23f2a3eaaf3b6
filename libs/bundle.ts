import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs in the folder of one library, around `npm pack`. `add` copies the workspace packages that the library depends
 * on into its `node_modules`, where npm finds what `bundleDependencies` names, and the license beside its manifest.
 * `remove` deletes both again. No registry has these packages, so a tarball must bring them along.
 */
const BUNDLED = join('node_modules', '@film-store');
const LICENSE = 'LICENSE';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const listWorkspaces = (folder: string): string[] => {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return Object.keys(dependencies).flatMap((name) =>
    name.startsWith('@film-store/') ? [name.slice('@film-store/'.length)] : [],
  );
};

function addDependenciesOf(folder: string, added: Set<string>): void {
  for (const name of listWorkspaces(folder)) {
    if (added.has(name)) continue;
    added.add(name);
    const source = join('..', name);
    mkdirSync(join(BUNDLED, name), { recursive: true });
    for (const entry of ['package.json', 'dist'])
      cpSync(join(source, entry), join(BUNDLED, name, entry), { recursive: true });
    addDependenciesOf(source, added);
  }
}

for (const path of [BUNDLED, LICENSE]) rmSync(path, { recursive: true, force: true });
if (process.argv[2] === 'add') {
  addDependenciesOf('.', new Set());
  cpSync(join('..', '..', LICENSE), LICENSE);
}
