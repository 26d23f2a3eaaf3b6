import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UsageError, readPlatform } from '../command.ts';
import { runPlatformIn } from '../node-process.ts';
import type { Part } from '../parts/part.ts';
import { git, readJson } from '../working-copy.ts';
import { writeReference } from '../write-reference.ts';
import type { Removed } from './bindings.ts';
import { mendDocuments } from './mend-documents.ts';
import { removePartName, removeService } from './mend-manifest.ts';
import { mendFlags } from './mend-flags.ts';
import { mendPackages, updateLock } from './mend-packages.ts';
import { mendIgnoreFiles, mendPatterns, mendReferences } from './mend-settings.ts';
import { mendSources, openSources } from './mend-sources.ts';
import { deleteRegions } from './regions.ts';
import { describeUses, findCompileErrors } from './uses.ts';

/**
 * Takes a part out of a copy of the repository: its files, its regions, what refers to them, and its entry in the manifest.
 * Then generates the files that derive from the manifest, and checks the types.
 * @throws UsageError with the uses, if other code needs the part
 */
export async function removePart(copy: string, part: Part, step: (text: string) => void): Promise<void> {
  const root = await realpath(copy);
  step(`delete the files of ${part.title}`);
  const names = Object.keys((await readPlatform(root)).services);
  const others = names.filter((name) => name !== part.name);
  const service = others.length < names.length ? { removed: part.name, others } : undefined;
  const removed = await deletePaths(root, part.paths);
  const regions = await deleteRegions(root, part.name);
  step('mend what refers to them');
  const project = openSources(root);
  removePartName(project, root, part.name);
  removeService(project, root, part.name);
  const patterns = mendPatterns(root, project, removed);
  const touched = new Set([...patterns, ...regions.map((path) => join(root, path))]);
  const uses = await mendSources(root, project, removed, touched, service);
  await mendReferences(root, removed);
  await mendIgnoreFiles(root, removed);
  if (service) await mendFlags(root, service.removed);
  const packages = await mendPackages(root, project, removed, part.packages);
  if (packages.length > 0) {
    step('update package-lock.json');
    await updateLock(root);
  }
  step('generate what derives from platform.config.ts');
  await runPlatformIn(root, 'generate');
  step('check the types');
  await requireNoUses(root, part, uses);
  step('write the reference again');
  await writeReference(root);
  await mendDocuments(root, service?.removed);
}

async function deletePaths(root: string, paths: readonly string[]): Promise<Removed> {
  const manifests = await git(
    root,
    'ls-files',
    '--',
    ...paths.map((path) => `${path.replace(/\/$/, '')}/package.json`),
  );
  const packages: string[] = [];
  for (const path of manifests.split('\n').filter(Boolean))
    packages.push((await readJson<{ name: string }>(join(root, path))).name);
  const absolute = paths.map((path) => join(root, path).replace(/\/$/, ''));
  for (const path of absolute) await rm(path, { recursive: true, force: true });
  const hasPath = (path: string): boolean =>
    absolute.some((each) => path === each || path.startsWith(each + sep));
  return { hasPath, packages };
}

async function requireNoUses(
  root: string,
  part: Part,
  uses: Awaited<ReturnType<typeof mendSources>>,
): Promise<void> {
  const configs = ['tsconfig.json', 'apps/gateway/control-room/tsconfig.json'];
  const errors = await findCompileErrors(
    root,
    configs.filter((path) => existsSync(join(root, path))),
  );
  const described = await describeUses(root, [...uses, ...errors]);
  if (described.length === 0) return;
  throw new UsageError(
    `This code needs ${part.title}:\n${described.map((use) => `  ${use}`).join('\n')}\n` +
      `Change it so that it works without, or put it between "#region part: ${part.name}" and "#endregion part: ${part.name}".`,
  );
}
