import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Files that one more thread is worth. A thread takes about 0.3 s to load Prettier. */
const FILES_PER_THREAD = 50;

export interface FormatWork {
  readonly root: string;
  readonly paths: readonly string[];
}

/** Formats those of the files that Prettier formats, with the settings of the repository, on all processors. */
export async function formatFiles(root: string, paths: readonly string[]): Promise<void> {
  const threads = Math.min(availableParallelism(), Math.ceil(paths.length / FILES_PER_THREAD));
  if (threads <= 1) return formatInTurn({ root, paths });
  const shares = Array.from({ length: threads }, (_, thread) =>
    paths.filter((_path, index) => index % threads === thread),
  );
  await Promise.all(shares.map((share) => formatInWorker({ root, paths: share })));
}

/**
 * Formats the text of a file below `root` as `npm run format` does. The name of the file selects the parser. Returns the text of
 * a file that Prettier does not format.
 */
export async function formatText(root: string, path: string, text: string): Promise<string> {
  // Most commands need no Prettier, which takes 0.2 s to load.
  const { format, getFileInfo, resolveConfig } = await import('prettier');
  const filepath = join(root, path);
  const ignorePath = join(root, '.prettierignore');
  const { ignored, inferredParser } = await getFileInfo(filepath, { ignorePath });
  if (ignored || inferredParser === null) return text;
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

/** Formats files one after another. */
export async function formatInTurn({ root, paths }: FormatWork): Promise<void> {
  for (const path of paths) {
    const file = join(root, path);
    const text = await readFile(file, 'utf8');
    if (hasConflict(text)) continue;
    const formatted = await formatText(root, path, text);
    if (formatted !== text) await writeFile(file, formatted);
  }
}

/** Returns whether Git marked a conflict in a text, which then has no valid syntax. */
export const hasConflict = (text: string): boolean => /^<{7} /m.test(text);

function formatInWorker(work: FormatWork): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL('format-worker.ts', import.meta.url), { workerData: work });
  worker.once('error', reject);
  worker.once('exit', () => resolve());
  return promise;
}
