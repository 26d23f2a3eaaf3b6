import type { History } from '../history.ts';
import { runPlatformIn } from '../node-process.ts';
import { WorkingCopy, commitAll, git } from '../working-copy.ts';

/** A version of the template, and what a platform made of it. */
export interface Descent {
  readonly commit: string;
  readonly commands: History['commands'];
}

/**
 * Repeats the commands on a commit of the repository `root`, with the platform code of that commit. Returns a commit of `root`
 * with the result. `modules` is the repository whose installed packages the code uses.
 * @throws UsageError if a command fails there
 */
export async function replay(root: string, { commit, commands }: Descent, modules: string): Promise<string> {
  await using copy = await WorkingCopy.of(root, commit, modules);
  for (const words of commands) {
    await runPlatformIn(copy.root, '--in-place', ...words);
    await commitAll(copy.root, words.join(' '));
  }
  await git(root, 'fetch', '--quiet', copy.root, 'HEAD');
  return (await git(copy.root, 'rev-parse', 'HEAD')).trim();
}
