import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../working-copy.ts';

const LOCK_FILE = 'package-lock.json';

/** Returns the names of the folders in `libs`. */
export async function findLibraries(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'libs'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Replaces names in the text of every file that `pattern` finds. Returns how many files changed. */
export async function replaceInFiles(
  root: string,
  pattern: string,
  replace: (text: string) => string,
): Promise<number> {
  let changed = 0;
  for (const path of await findFiles(root, pattern)) {
    const text = await readFile(join(root, path), 'utf8');
    const replaced = replace(text);
    if (replaced === text) continue;
    await writeFile(join(root, path), path === LOCK_FILE ? sortPackages(replaced) : replaced);
    changed += 1;
  }
  return changed;
}

/** Renames the files whose path has an old name. */
export async function renamePaths(root: string, replace: (path: string) => string): Promise<void> {
  for (const path of (await git(root, 'ls-files', '-z')).split('\0')) {
    const renamed = replace(path);
    if (renamed === path) continue;
    await mkdir(dirname(join(root, renamed)), { recursive: true });
    await rename(join(root, path), join(root, renamed));
  }
}

/** Returns the text files with a match of an extended regular expression, in any case. */
async function findFiles(root: string, pattern: string): Promise<string[]> {
  // Git ends with 1 where it finds nothing.
  const paths = await git(root, 'grep', '-lzIiE', pattern).catch(() => '');
  return paths.split('\0').filter(Boolean);
}

/** Returns the lock file with its packages and their dependencies in the order of npm. */
function sortPackages(text: string): string {
  const lock = JSON.parse(text) as { packages: Record<string, { dependencies?: object }> };
  for (const entry of Object.values(lock.packages))
    if (entry.dependencies) entry.dependencies = sortKeys(entry.dependencies);
  return `${JSON.stringify({ ...lock, packages: sortKeys(lock.packages) }, undefined, 2)}\n`;
}

const sortKeys = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => a.localeCompare(b, 'en'))) as Values;
