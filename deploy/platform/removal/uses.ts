import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../node-process.ts';
import { git } from '../working-copy.ts';
import type { Use } from './mend-sources.ts';

const ERROR = /^(.+)\((\d+),\d+\): error (TS\d+: .*)$/;
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** An error of the compiler. */
export interface CompileError extends Use {
  readonly message: string;
}

/** Checks the types of a repository with its own configurations. */
export async function findCompileErrors(root: string, configs: readonly string[]): Promise<CompileError[]> {
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
  const results = await Promise.all(
    configs.map((config) =>
      runProcess(root, process.execPath, [compiler, '-p', config, '--pretty', 'false']),
    ),
  );
  return results
    .map(({ output }) => output)
    .join('\n')
    .split('\n')
    .flatMap((line) => {
      const [, path, number, message] = ERROR.exec(line) ?? [];
      return path && message ? [{ path, line: Number(number), message }] : [];
    });
}

/** Returns the places as `path:line  text`, with the lines as they are in the last commit. */
export async function describeUses(root: string, uses: readonly Use[]): Promise<string[]> {
  const described = new Set<string>();
  for (const { path, line } of uses.toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line)) {
    const text = (await readFile(join(root, path), 'utf8')).split('\n')[line - 1] ?? '';
    const diff = await git(root, 'diff', '--unified=0', 'HEAD', '--', path);
    described.add(`${path}:${toCommittedLine(diff, line)}  ${text.trim()}`);
  }
  return [...described];
}

/** Returns where a line of a changed file stood before the changes of a diff without context. */
export function toCommittedLine(diff: string, line: number): number {
  let offset = 0;
  for (const header of diff.split('\n')) {
    const [, , before = '1', at, after = '1'] = HUNK.exec(header) ?? [];
    if (at === undefined) continue;
    const last = Number(at) + Number(after) - 1;
    if (line < Number(at) || (Number(after) === 0 && line <= Number(at))) break;
    if (line <= last) break;
    offset = offset + Number(before) - Number(after);
  }
  return line + offset;
}
