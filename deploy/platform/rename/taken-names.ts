import { readdir } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import { PARTS, type Platform, RESERVED_NAMES } from '../define-platform.ts';
import { readJson } from '../working-copy.ts';
import type { PlatformNames } from './names.ts';

/** Words with a meaning of their own in YAML and in Kubernetes, and folders of npm. */
const RESERVED = ['default', 'false', 'no', 'node-modules', 'null', 'off', 'on', 'template', 'true', 'yes'];

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly link?: boolean }>>;
}

/**
 * Checks that nothing else has the new names: no service, folder or package of the platform.
 * @throws UsageError
 */
export async function requireFreeNames(
  root: string,
  platform: Platform,
  { name, scope }: PlatformNames,
): Promise<void> {
  const reserved = [...RESERVED, ...RESERVED_NAMES, ...PARTS, ...builtinModules];
  if (reserved.includes(name) || name.startsWith('kube-'))
    throw new UsageError(`${name} is reserved. Choose another name.`);
  if (name in platform.services) throw new UsageError(`${name} is the name of a service.`);
  if ((await readdir(join(root, 'libs'))).includes(name))
    throw new UsageError(`${name} is the name of a library.`);
  const { packages } = await readJson<LockFile>(join(root, 'package-lock.json'));
  const installed = Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith('node_modules/') && !link)
    .map(([path]) => path.slice('node_modules/'.length));
  if (installed.includes(name)) throw new UsageError(`${name} is the name of an installed package.`);
  if (installed.some((path) => path.startsWith(`${scope}/`)))
    throw new UsageError(`${scope} is the scope of installed packages. Choose another one with --scope.`);
}
