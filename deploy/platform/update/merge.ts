import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import { GENERATED } from '../generated-header.ts';
import { HISTORY_FILE, readHistory, writeHistory } from '../history.ts';
import { runPlatformIn } from '../node-process.ts';
import { commitTree, git, linkLibraries } from '../working-copy.ts';
import { takeGeneratedParts } from './generated-parts.ts';
import { filterAsync, hasMarkers, mergeSides } from './merge-sides.ts';
import { type Descent, replay } from './replay.ts';

export interface MergeResult {
  /** The files that need a decision. Git has marked both sides in them, unless one side deleted the file. */
  readonly conflicts: readonly string[];
  /** Tells why the generated files could not be written, for example because of a conflict in the manifest. */
  readonly generateError?: string;
}

/**
 * Takes the difference between two descents from the template over into the committed files of the copy `root`: a merge of
 * three trees, which needs no common history. The history file stays as it is.
 * @throws UsageError if a command fails on a version of the template
 */
export async function mergeDescents(
  root: string,
  { from, to, modules }: { from: Descent; to: Descent; modules: string },
): Promise<MergeResult> {
  const history = await readHistory(root);
  const head = (await git(root, 'rev-parse', 'HEAD')).trim();
  const [before, after] = await Promise.all([replay(root, from, modules), replay(root, to, modules)]);
  const base = await normalize(root, before, after);
  const sides = {
    base,
    theirs: await normalize(root, after, after, base),
    ours: await normalize(root, head, after, base),
  };
  const conflicts = await mergeSides(root, sides);
  await git(root, 'reset', '--quiet', '--soft', head);
  if (history) await writeHistory(root, history);
  await linkLibraries(root);
  const generateError = await generateIn(root);
  const open = await filterAsync(conflicts, ({ path, marked }) =>
    marked ? hasMarkers(root, path) : Promise.resolve(true),
  );
  return { conflicts: open.map(({ path }) => path), ...(generateError && { generateError }) };
}

/** Returns a commit with the tree of `commit`, but with the generated parts of `theirs` and without the history file. */
async function normalize(root: string, commit: string, theirs: string, parent?: string): Promise<string> {
  await git(root, 'checkout', '--quiet', '--force', '--detach', commit);
  await rm(join(root, HISTORY_FILE), { force: true });
  for (const path of await findGenerated(root, theirs)) {
    const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    await writeFile(join(root, path), takeGeneratedParts(text, await git(root, 'show', `${theirs}:${path}`)));
  }
  await git(root, 'add', '--all');
  return commitTree(root, (await git(root, 'write-tree')).trim(), parent);
}

/** Returns the files of a commit that are generated, or have generated sections. */
async function findGenerated(root: string, commit: string): Promise<string[]> {
  const patterns = ['-e', GENERATED, '-e', '#region generated: '];
  const found = await git(root, 'grep', '-lzIF', ...patterns, commit);
  return found
    .split('\0')
    .filter(Boolean)
    .map((path) => path.slice(commit.length + 1));
}

async function generateIn(root: string): Promise<string | undefined> {
  try {
    await runPlatformIn(root, 'generate');
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
