import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, resolve } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root as repository } from './services.ts';
import { built } from '../../vitest.config.ts';
import { findReasonToBuild } from './find-reason-to-build.ts';

describe('the check of the build', () => {
  let root: string;
  const build = () =>
    execFileSync(process.execPath, [
      join(repository, 'node_modules/@typescript/native/bin/tsc'),
      '-b',
      join(root, 'tsconfig.build.json'),
    ]);
  const write = (text: string) => writeFile(join(root, 'src/a.ts'), text);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'build-'));
    await mkdir(join(root, 'src'));
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    const fast = { lib: ['es5'], types: [], skipLibCheck: true };
    const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', ...fast };
    await writeFile(join(root, 'tsconfig.build.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    await write('export const a = 1;\n');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('names what is absent', () => {
    expect(findReasonToBuild(root)).toMatch(/is out of date because output file '.*' does not exist$/);
  });

  it('accepts a build of the same sources, and names the source that is newer', async () => {
    build();
    expect(findReasonToBuild(root)).toBeUndefined();
    const later = new Date(Date.now() + 60_000);
    await utimes(join(root, 'src/a.ts'), later, later);
    // The compiler compares contents where times differ.
    expect(findReasonToBuild(root)).toBeUndefined();
    await write('export const a = 2;\n');
    expect(findReasonToBuild(root)).toMatch(/is out of date because .* is older than input 'src\/a\.ts'$/);
  });
});

/** Specs that import a starting function and do not call it. */
const IDLE = [
  'deploy/local/compare/server.spec.ts',
  'test/bench/ablation.spec.ts',
  'test/chaos/soak/mix.spec.ts',
  'test/gameday/{commands,runbook,schedule}.spec.ts',
];
const STARTERS = new Set(['startService', 'serviceArguments']);
const SERVICES = resolve('deploy/local/services.ts');

const isOf = (globs: readonly string[], spec: string): boolean =>
  globs.some((glob) => matchesGlob(spec, glob));

/** Returns whether a file, or one that it imports, uses a function that starts a built service. */
function startsServices(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  const { statements } = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return statements.filter(ts.isImportDeclaration).some(({ moduleSpecifier, importClause }) => {
    const target = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
    const bindings = importClause?.namedBindings;
    if (!target.startsWith('.') || importClause?.isTypeOnly) return false;
    const file = resolve(dirname(path), target);
    if (file === SERVICES)
      return (
        bindings &&
        ts.isNamedImports(bindings) &&
        bindings.elements.some(({ name }) => STARTERS.has(name.text))
      );
    return file.endsWith('.ts') && startsServices(file, seen);
  });
}

it('the project "built" of vitest.config.ts has every spec that starts a built service', () => {
  const specs = globSync('{apps,deploy,libs,test}/**/*.spec.ts', { exclude: ['**/node_modules/**'] });
  const starting = specs.filter((spec) => !isOf(IDLE, spec) && startsServices(resolve(spec)));
  expect(starting.length).toBeGreaterThan(10);
  const missing = starting.filter((spec) => !isOf(built, spec));
  expect(missing).toEqual([]);
});
