import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../command.ts';
import { type TemplateVersion, readVersion } from '../history.ts';
import { git } from '../working-copy.ts';

/** Where the copy keeps the branches and tags of the template. */
const REFS = 'refs/template';

/**
 * Fetches the history of the template into the copy `root`. `from` is a URL, or a path relative to the repository.
 * @throws UsageError if Git cannot read it
 */
export async function fetchTemplate(root: string, repository: string, from: string): Promise<void> {
  const path = resolve(repository, from);
  const kinds = ['heads', 'tags'].map((kind) => `+refs/${kind}/*:${REFS}/${kind}/*`);
  try {
    await git(
      root,
      'fetch',
      '--quiet',
      '--no-tags',
      existsSync(path) ? path : from,
      `+HEAD:${REFS}/HEAD`,
      ...kinds,
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new UsageError(`The template at ${from} cannot be read.\n${stderr ?? ''}`.trimEnd());
  }
}

/**
 * Makes sure that the copy `root` has the commit of a version, which a clone of an updated platform lacks.
 * @throws UsageError if it cannot be fetched
 */
export async function requireVersion(
  root: string,
  repository: string,
  { commit, from }: TemplateVersion,
): Promise<void> {
  const exists = () =>
    git(root, 'cat-file', '-e', `${commit}^{commit}`).then(
      () => true,
      () => false,
    );
  if (await exists()) return;
  if (from !== undefined) await fetchTemplate(root, repository, from);
  if (!(await exists()))
    throw new UsageError(
      `This repository lacks the commit ${commit}, from which it started. Fetch it first: git fetch TEMPLATE ${commit}`,
    );
}

/**
 * Returns the version that a word names: a tag, a branch or a commit of the fetched template. Without a word, its HEAD.
 * @throws UsageError if there is none
 */
export async function findVersion(root: string, word = 'HEAD'): Promise<TemplateVersion> {
  for (const name of [`${REFS}/tags/${word}`, `${REFS}/heads/${word}`, `${REFS}/${word}`, word]) {
    const version = await readVersion(root, name).catch(() => undefined);
    if (version) return version;
  }
  const tags = await git(root, 'for-each-ref', '--format=%(refname:lstrip=3)', `${REFS}/tags`);
  throw new UsageError(
    `The template has no tag, branch or commit ${word}. Its tags are: ${tags.split('\n').filter(Boolean).join(', ') || 'none'}.`,
  );
}

/**
 * Finds the version of the template from which the platform started: the recorded one, else the last common commit, else the
 * oldest commit of the platform with the tree of a version.
 * @throws UsageError if there is none
 */
export async function findStart(
  root: string,
  recorded: TemplateVersion | undefined,
  to: TemplateVersion,
): Promise<TemplateVersion> {
  const commits = new Map<string, string>();
  for (const line of (await git(root, 'log', `--glob=${REFS}`, '--format=%T %H')).split('\n')) {
    const [tree, commit] = line.split(' ');
    if (tree && commit) commits.set(tree, commit);
  }
  const findTree = (tree: string | undefined): TemplateVersion | undefined => {
    const commit = tree && commits.get(tree);
    return tree && commit ? { tree, commit } : undefined;
  };
  const known = findTree(recorded?.tree);
  if (known) return known;
  const common = (await git(root, 'merge-base', 'HEAD', to.commit).catch(() => '')).trim();
  if (common !== '') return readVersion(root, common);
  const own = await git(root, 'log', '--reverse', '--format=%T', 'HEAD');
  const start = own.split('\n').map(findTree).find(Boolean);
  if (start) return start;
  throw new UsageError(
    'No commit of this platform is a version of that template. Give the template that it was made from with --from.',
  );
}
