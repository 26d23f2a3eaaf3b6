import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, readJson } from './working-copy.ts';

/** A version of the template. */
export interface TemplateVersion {
  readonly commit: string;
  /** The tree of the commit. A repository without the history of the template recognizes a version by it. */
  readonly tree: string;
  /** The path or URL of the template that the last `update` read. */
  readonly from?: string;
}

/** How a platform came from its template: `update` repeats the commands on another version of the template. */
export interface History {
  /** What the first command found, or what the last `update` merged. */
  readonly template: TemplateVersion;
  /** The words of each command that changed the platform, oldest first. */
  readonly commands: readonly (readonly string[])[];
}

export const HISTORY_FILE = '.platform.json';

export async function readHistory(root: string): Promise<History | undefined> {
  try {
    return await readJson<History>(join(root, HISTORY_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeHistory = (root: string, history: History): Promise<void> =>
  writeFile(join(root, HISTORY_FILE), `${JSON.stringify(history, undefined, 2)}\n`);

/**
 * Adds a command to the history. The first command also records the commit that it found. `replaces` puts the command in the
 * place of an earlier one of the same name.
 */
export async function recordCommand(
  root: string,
  words: readonly string[],
  { replaces }: { replaces: boolean },
): Promise<void> {
  const { template, commands } = (await readHistory(root)) ?? {
    template: await readVersion(root, 'HEAD'),
    commands: [],
  };
  const earlier = replaces ? commands.findIndex(([name]) => name === words[0]) : -1;
  const place = earlier < 0 ? commands.length : earlier;
  await writeHistory(root, { template, commands: commands.toSpliced(place, 1, words) });
}

export async function readVersion(repository: string, revision: string): Promise<TemplateVersion> {
  const ids = await git(repository, 'rev-parse', `${revision}^{commit}`, `${revision}^{tree}`);
  const [commit = '', tree = ''] = ids.split('\n');
  return { commit, tree };
}
