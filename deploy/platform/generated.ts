import { globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Platform } from './define-platform.ts';
import { formatText } from './format.ts';
import { lists } from './lists/index.ts';

/** A file, or a marked section of a file, that derives from the manifest. */
export interface GeneratedFile {
  /** Path below the root of the repository. */
  readonly path: string;
  /**
   * Returns the whole text of the file. `current` is its text now, or `undefined` if it does not exist: a list that is a section
   * of a file returns the rest of it unchanged.
   */
  readonly render: (current: string | undefined) => string | Promise<string>;
}

/** Files that only the list may make, such as one for each service. Those that it no longer makes are removed. */
export interface OwnedFiles {
  /** A glob below the root of the repository. */
  readonly owned: string;
}

type Entry = GeneratedFile | OwnedFiles;

/** Returns the generated files of one kind, such as the services of Compose. `root` is the root of the repository. */
export type List = (platform: Platform, root: string) => Entry[] | Promise<Entry[]>;

export interface Difference {
  readonly path: string;
  /** `undefined`: the file must not exist. */
  readonly expected: string | undefined;
  readonly current: string | undefined;
}

/** Returns the generated files whose text differs from what the manifest gives. */
export async function findDifferences(platform: Platform, root: string): Promise<Difference[]> {
  const entries: Entry[] = [];
  for (const list of lists) entries.push(...(await list(platform, root)));
  return findChanges(root, entries);
}

/** Returns the files that differ from what their entries give. Several entries may give sections of one file. */
export async function findChanges(root: string, entries: readonly Entry[]): Promise<Difference[]> {
  const texts = new Map<string, string | undefined>();
  const before = new Map<string, string | undefined>();
  const owned: string[] = [];
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => undefined);
  for (const entry of entries) {
    if ('owned' in entry) {
      owned.push(entry.owned);
      continue;
    }
    const { path } = entry;
    if (!before.has(path)) before.set(path, await read(path));
    const current = texts.has(path) ? texts.get(path) : before.get(path);
    texts.set(path, await renderFile(entry, current));
  }
  for (const path of globSync(owned, { cwd: root })) {
    if (texts.has(path)) continue;
    before.set(path, await read(path));
    texts.set(path, undefined);
  }
  const changed = [...texts].filter(([path, text]) => text !== before.get(path));
  const formatted = await Promise.all(
    changed.map(async ([path, text]) => ({
      path,
      expected: text === undefined ? undefined : await formatText(root, path, text),
      current: before.get(path),
    })),
  );
  return formatted.filter(({ expected, current }) => expected !== current);
}

/** @throws Error that names the file */
async function renderFile({ path, render }: GeneratedFile, current: string | undefined): Promise<string> {
  try {
    return await render(current);
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Writes the generated files that differ, removes those that must not exist, and returns their paths. */
export const generate = async (platform: Platform, root: string): Promise<string[]> =>
  writeChanges(root, await findDifferences(platform, root));

/** Makes the changes, and returns their paths. */
export async function writeChanges(root: string, changes: readonly Difference[]): Promise<string[]> {
  for (const { path, expected } of changes) {
    if (expected === undefined) {
      await rm(join(root, path));
      continue;
    }
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), expected);
  }
  return changes.map(({ path }) => path);
}
