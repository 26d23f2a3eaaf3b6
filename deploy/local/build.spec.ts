import { access, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build } from './build.ts';
import { root as repository } from './services.ts';

describe('the build', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'build-'));
    await mkdir(join(root, 'src'));
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', types: [] };
    await writeFile(join(root, 'tsconfig.build.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    await writeFile(join(root, 'src/a.ts'), 'export const a = 1;\n');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('compiles changed sources', async () => {
    await build(root, () => undefined);
    await writeFile(join(root, 'src/b.ts'), 'export const b = 2;\n');
    await build(root, () => undefined);
    await expect(access(join(root, 'dist/b.js'))).resolves.toBeUndefined();
  });

  it('fails with the output of the compiler', async () => {
    await writeFile(join(root, 'src/a.ts'), "export const a: number = 'one';\n");
    await expect(build(root, () => undefined)).rejects.toThrow(/^the build failed\nsrc\/a\.ts.*TS2322/);
  });
});
