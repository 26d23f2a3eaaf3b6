import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Project } from 'ts-morph';
import { readJson } from '../working-copy.ts';
import type { Removed } from './bindings.ts';
import { listTracked, writeJson } from './mend-settings.ts';

type Versions = Record<string, string>;
interface PackageJson {
  scripts?: Versions;
  dependencies?: Versions;
  devDependencies?: Versions;
  peerDependencies?: Versions;
  optionalDependencies?: Versions;
  allowScripts?: Record<string, boolean>;
  bundleDependencies?: string[];
}
/** A row of a table that begins with the name of a package. */
const PACKAGE_ROW = /^\| `([^`]+)` +\|/;
const GROUPS = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
  'allowScripts',
] as const;

/**
 * Removes deleted packages from every package.json, the packages of a part that no code imports any more, and the scripts that
 * run a deleted file. Returns the paths of changed files.
 */
export async function mendPackages(
  root: string,
  project: Project,
  removed: Removed,
  candidates: readonly string[],
): Promise<string[]> {
  const used = new Set(
    project
      .getSourceFiles()
      .flatMap((file) => file.getImportStringLiterals().map((each) => each.getLiteralValue())),
  );
  const isUsed = (name: string): boolean =>
    [...used].some((each) => each === name || each.startsWith(`${name}/`));
  const gone = new Set([...removed.packages, ...candidates.filter((name) => !isUsed(name))]);
  const changed: string[] = [];
  for (const path of await listTracked(root, 'package.json', '**/package.json')) {
    const content = await readJson<PackageJson>(join(root, path));
    const before = JSON.stringify(content);
    for (const group of GROUPS) {
      const versions: Record<string, unknown> | undefined = content[group];
      for (const name of Object.keys(versions ?? {})) if (gone.has(name)) delete versions?.[name];
    }
    if (content.bundleDependencies)
      content.bundleDependencies = content.bundleDependencies.filter((name) => !gone.has(name));
    const hasPath = (word: string): boolean => removed.hasPath(resolve(root, dirname(path), word));
    if (content.scripts) content.scripts = mendScripts(content.scripts, hasPath);
    if (JSON.stringify(content) === before) continue;
    await writeJson(join(root, path), content);
    changed.push(path);
  }
  await mendPolicy(root, gone);
  return changed;
}

/** Removes the rows of deleted packages from the list of packages in the security policy. */
async function mendPolicy(root: string, gone: ReadonlySet<string>): Promise<void> {
  const path = join(root, '.github', 'SECURITY.md');
  if (!existsSync(path)) return;
  const lines = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, lines.filter((line) => !gone.has(PACKAGE_ROW.exec(line)?.[1] ?? '')).join('\n'));
}

/** Removes the commands that name a deleted path, and the scripts that only prepared one. */
function mendScripts(scripts: Versions, isRemoved: (word: string) => boolean): Versions {
  return Object.fromEntries(
    Object.entries(scripts).flatMap(([name, script]) => {
      const steps = script.split(' && ');
      const kept = steps.filter(
        (step) => !step.split(' ').some((word) => word.includes('/') && isRemoved(word)),
      );
      if (kept.length === steps.length) return [[name, script]];
      return kept.every((step) => step.startsWith('npm run ')) ? [] : [[name, kept.join(' && ')]];
    }),
  );
}

/** Writes package-lock.json again, without the network if possible. @throws Error with the output of npm */
export async function updateLock(root: string): Promise<void> {
  const run = (...options: string[]) =>
    promisify(execFile)(
      'npm',
      ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', ...options],
      {
        cwd: root,
      },
    );
  await run('--offline').catch(() => run());
}
