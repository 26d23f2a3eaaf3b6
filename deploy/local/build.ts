import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProcess, startProcess } from './process.ts';

/** The mtime of this file is the start of the last build without errors. The compiler's own file also follows a failed one. */
const stamp = 'dist/.built';

/** The compiler found errors; the message is its output. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** Whether the last good build began after the last change to apps, libs or a JSON file of the root; deletions count. */
export async function isBuilt(root: string): Promise<boolean> {
  const built = await mtime(join(root, stamp));
  const names = (await readdir(root))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(root, name));
  const newest = await Promise.all([
    ...names.map(mtime),
    newestBelow(join(root, 'apps')),
    newestBelow(join(root, 'libs')),
  ]);
  return built > Math.max(...newest);
}

/** Builds every library and service. Rejects with a BuildError where the compiler fails. `onStart` receives the process. */
export async function build(root: string, onStart: (compiler: RunningProcess) => void): Promise<void> {
  const began = new Date();
  const output: string[] = [];
  const compiler = startProcess({
    args: [join(root, 'node_modules/.bin/tsc'), '-b', 'tsconfig.build.json'],
    cwd: root,
    env: process.env,
    onLine: ({ text }) => output.push(text),
  });
  onStart(compiler);
  const { code } = await compiler.exited;
  if (code !== 0) throw new BuildError(['the build failed', ...output].join('\n'));
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, stamp), '');
  await utimes(join(root, stamp), began, began);
}

/**
 * A deletion changes the mtime of its folder only, so folders count. Compiled files do not, and neither does a folder
 * that holds them: the build itself writes there.
 */
async function newestBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries
    .filter(({ name }) => name !== 'dist')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newestBelow(path) : mtime(path);
    });
  const own = below.length < entries.length ? 0 : await mtime(folder);
  return Math.max(own, ...(await Promise.all(below)));
}

/** In milliseconds; 0 where there is no such file. */
async function mtime(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
