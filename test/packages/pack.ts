import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { platform } from '../../platform.config.ts';
import { npm } from './npm.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
/** Files of the repository that `npm pack` needs, in addition to `libs` and `node_modules`. */
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'LICENSE'];
/** The library that is packed without its build. No other library depends on it, so only its own build has to be repeated. */
const UNBUILT = 'libs/contracts/dist';
/** A built file, with its library and the path of its source below `src`, without extension. */
const BUILT = /^(.*\/libs\/[^/]+)\/dist\/(.*?)\.(?:d\.ts|js)(?:\.map)?$/;

/**
 * Packs every library as `npm pack -w libs/NAME` does, which builds what has no current build. Works on a copy, because
 * packing puts copies of packages in place of the packages that other specs use.
 * @returns the path of each tarball by the name of its library
 */
export async function packLibraries(directory: string): Promise<ReadonlyMap<string, string>> {
  const [clone, tarballs] = [join(directory, 'clone'), join(directory, 'tarballs')];
  await copyRepository(clone);
  await mkdir(tarballs);
  await npm(clone, 'pack', '--workspaces', '--pack-destination', tarballs);
  const files = await readdir(tarballs);
  const tarball = new RegExp(`^${platform.scope.slice(1)}-(.*)-\\d+\\.\\d+\\.\\d+\\.tgz$`);
  return new Map(files.map((file) => [tarball.exec(file)![1]!, join(tarballs, file)]));
}

async function copyRepository(clone: string): Promise<void> {
  await mkdir(clone);
  // The compiler compares the times of builds, sources and settings.
  const options = { recursive: true, preserveTimestamps: true, filter: isNeeded };
  for (const path of [...FILES, 'libs']) await cp(join(REPOSITORY, path), join(clone, path), options);
  await linkEntries(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
  await linkEntries(join(clone, 'libs'), join(clone, 'node_modules', platform.scope));
}

/** Returns whether a pack needs a file. A built file without a source is a leftover. */
function isNeeded(path: string): boolean {
  if (basename(path) === 'node_modules' || path.endsWith(UNBUILT)) return false;
  const [, library, name] = BUILT.exec(path) ?? [];
  return library === undefined || existsSync(join(library, 'src', `${name}.ts`));
}

async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => name !== platform.scope);
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
}
