import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasConflict } from '../format.ts';
import { runProcess } from '../node-process.ts';
import { git } from '../working-copy.ts';
import { mergeJson } from './merge-json.ts';

const LOCK_FILE = 'package-lock.json';

export interface Conflict {
  readonly path: string;
  readonly marked: boolean;
}

export interface Sides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Merges `theirs` into `ours` and checks the result out. Returns the conflicts that are left. */
export async function mergeSides(root: string, sides: Sides): Promise<Conflict[]> {
  // The names of the branches stand in the markers of conflicts.
  await git(root, 'branch', '--force', 'yours', sides.ours);
  await git(root, 'branch', '--force', 'template', sides.theirs);
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', 'yours', 'template'];
  const { code, output } = await runProcess(root, 'git', args);
  if (code > 1) throw new Error(`git ${args.join(' ')} failed: ${output}`);
  const [tree = '', ...paths] = output.split('\0').filter(Boolean);
  await git(root, 'read-tree', '--reset', '-u', tree);
  const withoutJson = await filterAsync(paths, async (path) => !(await solveJson(root, path, sides)));
  const isSolved = await solveLockFile(root, sides);
  const open = withoutJson.filter((path) => path !== LOCK_FILE || !isSolved);
  return Promise.all(open.map(async (path) => ({ path, marked: await hasMarkers(root, path) })));
}

/** Returns whether the file is JSON and has no conflict of values. */
async function solveJson(root: string, path: string, { base, ours, theirs }: Sides): Promise<boolean> {
  if (!path.endsWith('.json') || path === LOCK_FILE) return false;
  const texts = await Promise.all(
    [base, ours, theirs].map((commit) => git(root, 'show', `${commit}:${path}`).catch(() => undefined)),
  );
  const [before, our, their] = texts;
  if (before === undefined || our === undefined || their === undefined) return false;
  const merged = mergeJson(before, our, their);
  if (merged === undefined) return false;
  await writeFile(join(root, path), merged);
  return true;
}

/**
 * Where both sides changed the lock file, takes the one of the template, to which npm adds the packages of this platform.
 * Returns whether the lock file is complete.
 */
async function solveLockFile(root: string, { base, ours, theirs }: Sides): Promise<boolean> {
  const versions = [base, ours, theirs].map((commit) => `${commit}:${LOCK_FILE}`);
  const ids = await git(root, 'rev-parse', ...versions).catch(() => '');
  if (new Set(ids.split('\n').filter(Boolean)).size < 3) return true;
  await git(root, 'checkout', theirs, '--', LOCK_FILE);
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code } = await runProcess(root, 'npm', args);
  return code === 0;
}

export const hasMarkers = async (root: string, path: string): Promise<boolean> =>
  hasConflict(await readFile(join(root, path), 'utf8').catch(() => ''));

export async function filterAsync<Item>(
  items: readonly Item[],
  keep: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_item, index) => kept[index]);
}
