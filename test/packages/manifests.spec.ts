import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../deploy/local/services.ts';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifests = new Map(
  globSync('libs/*/package.json', { cwd: root }).map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    return [manifest.name, manifest] as const;
  }),
);

/** Lists the packages that a package requires. */
function listNeeds({
  dependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: Manifest): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...peers];
}

/** Lists the registry packages that a package, and the workspace packages in its tarball, require. */
function externalNeeds(name: string): string[] {
  const needs = listNeeds(manifests.get(name)!);
  return needs.flatMap((need) => (manifests.has(need) ? externalNeeds(need) : [need]));
}

// npm does not install dependencies of bundled packages.
it.each([...manifests.keys()])('%s names the dependencies of the packages in its tarball', (name) => {
  const { dependencies, peerDependencies } = manifests.get(name)!;
  const named = { ...dependencies, ...peerDependencies };
  expect(externalNeeds(name).filter((need) => !(need in named))).toEqual([]);
});
