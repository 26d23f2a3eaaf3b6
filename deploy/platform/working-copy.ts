import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onInterrupt } from './interrupt.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Runs Git and returns its output. @throws Error with the output of Git if it fails */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: directory, maxBuffer: MAX_OUTPUT });
  return stdout;
}

/**
 * A copy of the committed files in a temporary directory. A command makes its changes there, so a command that fails changes
 * nothing, and the changes of a dry run are a diff.
 */
export class WorkingCopy implements AsyncDisposable {
  readonly root: string;
  readonly #repository: string;
  readonly #start: string;
  readonly #release: () => void;

  private constructor(repository: string, root: string, start: string) {
    this.#repository = repository;
    this.root = root;
    this.#start = start;
    this.#release = onInterrupt(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  }

  /** Copies a commit. `modules` is the repository whose installed packages the copy uses. */
  static async of(repository: string, commit = 'HEAD', modules = repository): Promise<WorkingCopy> {
    const start = (await git(repository, 'rev-parse', `${commit}^{commit}`)).trim();
    const root = await mkdtemp(join(tmpdir(), 'platform-'));
    const copy = new WorkingCopy(repository, root, start);
    try {
      await git(repository, 'clone', '--quiet', '--shared', '--no-checkout', repository, root);
      await git(root, 'checkout', '--quiet', '--detach', start);
      await linkPackages(modules, root);
      return copy;
    } catch (error) {
      await copy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns the changes as a patch for `git apply`. */
  async patch(): Promise<string> {
    await git(this.root, 'add', '--all');
    return git(this.root, 'diff', '--cached', '--binary', '--find-renames', this.#start);
  }

  /** Returns the changed paths with their kind, as `git diff --name-status` prints them. */
  async changes(): Promise<string[]> {
    await git(this.root, 'add', '--all');
    const text = await git(this.root, 'diff', '--cached', '--name-status', '--find-renames', this.#start);
    return text.split('\n').filter(Boolean);
  }

  /** Makes the same changes in the repository, and stages them. */
  async applyToRepository(): Promise<void> {
    const patch = await this.patch();
    if (patch === '') return;
    const path = join(this.root, '.git', 'platform.patch');
    await writeFile(path, patch);
    await git(this.#repository, 'apply', '--index', '--whitespace=nowarn', path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release();
    await rm(this.root, { recursive: true, force: true });
  }
}

/** An author for commits of copies, because a user may have none. */
const AUTHOR = [
  '-c',
  'user.name=platform',
  '-c',
  'user.email=platform@localhost',
  '-c',
  'commit.gpgSign=false',
];

/** Commits every change of a copy. */
export async function commitAll(root: string, message: string): Promise<void> {
  await git(root, 'add', '--all');
  await git(root, ...AUTHOR, 'commit', '--quiet', '--no-verify', '--allow-empty', '-m', message);
}

/** Makes a commit of a tree, and returns its id. */
export async function commitTree(root: string, tree: string, parent?: string): Promise<string> {
  const parents = parent === undefined ? [] : ['-p', parent];
  return (await git(root, ...AUTHOR, 'commit-tree', tree, ...parents, '-m', 'merge')).trim();
}

/** Stages every change, and returns the paths of the files that were added or changed since the last commit. */
export async function findChangedFiles(root: string): Promise<string[]> {
  await git(root, 'add', '--all');
  const paths = await git(root, 'diff', '--cached', '--name-only', '--diff-filter=d', '-z', 'HEAD');
  return paths.split('\0').filter(Boolean);
}

/**
 * Gives a copy the installed packages of a repository, but its own libraries under its own scope: npm links those into
 * `node_modules`, where they would be the libraries of the repository.
 */
export async function linkPackages(repository: string, root: string): Promise<void> {
  const from = join(repository, 'node_modules');
  const to = join(root, 'node_modules');
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  // A link to the folder of a scope would let `linkLibraries` write into the repository.
  const scopes = new Set([await readScope(repository), await readScope(root)]);
  for (const entry of await readdir(from)) {
    if (scopes.has(entry)) await linkScope(repository, root, entry);
    else await symlink(join(from, entry), join(to, entry));
  }
  await linkLibraries(root);
}

/** Links the installed packages of a scope one by one, without the libraries of the repository. */
async function linkScope(repository: string, root: string, scope: string): Promise<void> {
  const libraries = join(await realpath(repository), 'libs');
  const folder = join(repository, 'node_modules', scope);
  await mkdir(join(root, 'node_modules', scope));
  for (const name of await readdir(folder)) {
    const target = await realpath(join(folder, name)).catch(() => undefined);
    if (target === undefined || dirname(target) === libraries) continue;
    await symlink(target, join(root, 'node_modules', scope, name));
  }
}

/** Links the libraries of a copy into its `node_modules`, under the names that they have now. */
export async function linkLibraries(root: string): Promise<void> {
  for (const folder of await readdir(join(root, 'libs'), { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const { name } = await readJson<{ name: string }>(join(root, 'libs', folder.name, 'package.json'));
    const link = join(root, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { force: true });
    await symlink(join(root, 'libs', folder.name), link);
  }
}

async function readScope(repository: string): Promise<string> {
  const { name } = await readJson<{ name: string }>(join(repository, 'libs', 'core', 'package.json'));
  return name.split('/')[0] ?? '';
}

export const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;
