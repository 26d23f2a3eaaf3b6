import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { platform } from '../../platform.config.ts';
import { npm } from './npm.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
/** Files of the repository that `npm pack` needs, in addition to `libs` and `node_modules`. */
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'LICENSE'];

/**
 * Packs every library as `npm pack -w libs/NAME` does in a fresh clone, without a build. Works on a copy, because
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
  for (const file of FILES) await cp(join(REPOSITORY, file), join(clone, file));
  await cp(join(REPOSITORY, 'libs'), join(clone, 'libs'), {
    recursive: true,
    filter: (path) => !['dist', 'node_modules'].includes(basename(path)),
  });
  await linkEntries(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
  await linkEntries(join(clone, 'libs'), join(clone, 'node_modules', platform.scope));
}

async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => name !== platform.scope);
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
}
