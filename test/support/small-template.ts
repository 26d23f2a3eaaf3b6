import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GENERATED } from '../../deploy/platform/generated-header.ts';
import { runPlatformIn, runProcess } from '../../deploy/platform/node-process.ts';
import { commitAll, git, linkPackages } from '../../deploy/platform/working-copy.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/**
 * Makes a repository of the files of this one that the platform commands read or generate, as one commit. Without the rest a
 * command takes a few seconds.
 */
export async function createSmallTemplate(directory: string): Promise<string> {
  const listed = await git(REPOSITORY, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  await mkdir(directory, { recursive: true });
  for (const path of new Set(listed.split('\0').filter(Boolean))) {
    if (!(await isNeeded(path))) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await cp(join(REPOSITORY, path), join(directory, path));
  }
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await linkPackages(REPOSITORY, directory);
  // Some lists follow the files that are there.
  await runPlatformIn(directory, 'generate');
  await commitAll(directory, 'Start');
  return directory;
}

async function isNeeded(path: string): Promise<boolean> {
  if (!path.includes('/') || path.startsWith('deploy/') || path.startsWith('libs/contracts/')) return true;
  if (/^(?:libs\/[^/]+\/package\.json|apps\/[^/]+\/(?:src\/main\.ts|tsconfig\.json))$/.test(path))
    return true;
  const text = await readFile(join(REPOSITORY, path), 'utf8').catch(() => '');
  return text.includes('#region generated: ') || text.includes(GENERATED);
}

/** Runs `npm run platform -- WORDS` in a repository. */
export const runPlatform = (
  repository: string,
  ...words: string[]
): Promise<{ code: number; output: string }> =>
  runProcess(repository, process.execPath, [join(repository, 'deploy/platform/platform.ts'), ...words]);

/** Clones a repository with its history, as `git clone` does, and gives it installed packages. */
export async function cloneTemplate(template: string, directory: string): Promise<string> {
  await git(template, 'clone', '--quiet', template, directory);
  await linkPackages(REPOSITORY, directory);
  return directory;
}
