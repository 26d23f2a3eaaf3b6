import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { type Project, SyntaxKind } from 'ts-morph';
import { git, readJson } from '../working-copy.ts';
import type { Removed } from './bindings.ts';

interface TsConfig {
  exclude?: string[];
  references?: { path: string }[];
  compilerOptions?: { paths?: Record<string, string[]> };
}

/** Removes references to deleted folders, paths to deleted files, and patterns below deleted folders, from every tsconfig. Returns the paths of changed files. */
export async function mendReferences(root: string, removed: Removed): Promise<string[]> {
  const changed: string[] = [];
  for (const path of await listTracked(root, 'tsconfig*.json', '**/tsconfig*.json')) {
    const content = await readJson<TsConfig>(join(root, path));
    const isKept = (target: string): boolean => !removed.hasPath(resolve(root, dirname(path), target));
    const before = JSON.stringify(content);
    if (content.references) content.references = content.references.filter((each) => isKept(each.path));
    if (content.exclude)
      content.exclude = content.exclude.filter(
        (pattern) => keepPattern(pattern, (folder) => !isKept(folder)) !== undefined,
      );
    const paths = content.compilerOptions?.paths;
    for (const [name, targets] of Object.entries(paths ?? {}))
      if (!targets.every(isKept)) delete paths?.[name];
    if (JSON.stringify(content) === before) continue;
    await writeJson(join(root, path), content);
    changed.push(path);
  }
  return changed;
}

/** Removes lines of ignore files that name a deleted path. Returns the paths of changed files. */
export async function mendIgnoreFiles(root: string, removed: Removed): Promise<string[]> {
  const changed: string[] = [];
  for (const path of await listTracked(root, '.*ignore', '**/.*ignore')) {
    const lines = (await readFile(join(root, path), 'utf8')).split('\n');
    const kept = lines.filter((line) => {
      const target = join(root, dirname(path), normalize(line.trim().replace(/^[!/]+/, '')));
      return line.trim() === '' || !removed.hasPath(target) || existsSync(target);
    });
    if (kept.length === lines.length) continue;
    await writeFile(join(root, path), kept.join('\n'));
    changed.push(path);
  }
  return changed;
}

const BRACES = /\{([^}]*)\}/;

/**
 * Removes paths and glob patterns below deleted folders from the arrays of `*.config.ts` and of the lists of other parts, and the
 * alternatives of `{a,b}` that lie there. Returns the absolute paths of changed files.
 */
export function mendPatterns(root: string, project: Project, removed: Removed): string[] {
  const parts = join(root, 'deploy', 'platform', 'parts');
  return project
    .getSourceFiles()
    .filter((file) => file.getBaseName().endsWith('.config.ts') || file.getDirectoryPath() === parts)
    .filter((file) => {
      const before = file.getText();
      for (const array of file.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression)) {
        if (array.wasForgotten()) continue;
        for (const [index, element] of [...array.getElements().entries()].toReversed()) {
          const literal = element.asKind(SyntaxKind.StringLiteral);
          if (!literal) continue;
          const pattern = keepPattern(literal.getLiteralValue(), (path) => removed.hasPath(join(root, path)));
          if (pattern === undefined) array.removeElement(index);
          else if (pattern !== literal.getLiteralValue()) literal.setLiteralValue(pattern);
        }
      }
      return file.getText() !== before;
    })
    .map((file) => file.getFilePath());
}

/** Returns the pattern without the alternatives that are removed, or `undefined` if nothing is left. */
export function keepPattern(pattern: string, isRemoved: (path: string) => boolean): string | undefined {
  const [braces, list] = BRACES.exec(pattern) ?? [];
  if (braces === undefined || list === undefined) return isRemoved(fixedPath(pattern)) ? undefined : pattern;
  const choices = list.split(',');
  const kept = choices.filter(
    (choice) => keepPattern(pattern.replace(braces, choice), isRemoved) !== undefined,
  );
  if (kept.length === choices.length) return pattern;
  if (kept.length === 0) return undefined;
  return pattern.replace(braces, kept.length === 1 ? kept.join('') : `{${kept.join(',')}}`);
}

/** Returns the folders before the first wildcard, or the whole path if there is none. */
function fixedPath(pattern: string): string {
  const names = pattern.split('/');
  const wild = names.findIndex((name) => /[*?[{]/.test(name));
  return names.slice(0, wild < 0 ? names.length : wild).join('/');
}

export const listTracked = async (root: string, ...patterns: string[]): Promise<string[]> =>
  (await git(root, 'ls-files', '--', ...patterns))
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)));

/** Writes JSON as npm does. */
export const writeJson = (path: string, content: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
