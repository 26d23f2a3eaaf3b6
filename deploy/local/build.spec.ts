import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, isBuilt } from './build.ts';

describe('the build', () => {
  let root: string;
  const age = async (path: string, seconds: number) => {
    const time = new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
    await utimes(join(root, path), time, time);
  };
  /** A tree that was built at second 100 from sources of second 50. */
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'build-'));
    for (const folder of ['apps/a/src', 'libs/b', 'dist'])
      await mkdir(join(root, folder), { recursive: true });
    const files = ['apps/a/src/main.ts', 'libs/b/index.ts', 'package.json', 'dist/.built'];
    for (const file of files) await writeFile(join(root, file), '');
    for (const path of [...files, 'apps/a/src', 'apps/a', 'apps', 'libs/b', 'libs']) await age(path, 50);
    await age('dist/.built', 100);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is fresh when it began after the last change', async () => {
    expect(await isBuilt(root)).toBe(true);
  });

  it('is missing without dist', async () => {
    await rm(join(root, 'dist'), { recursive: true });
    expect(await isBuilt(root)).toBe(false);
  });

  it.each(['apps/a/src/main.ts', 'libs/b/index.ts', 'package.json'])(
    'is stale when %s changed since',
    async (path) => {
      await age(path, 99);
      expect(await isBuilt(root)).toBe(true);
      await age(path, 100);
      expect(await isBuilt(root)).toBe(false);
    },
  );

  it('is fresh where compiled files are newer than the start of the build', async () => {
    await mkdir(join(root, 'libs/b/dist'));
    await writeFile(join(root, 'libs/b/dist/index.js'), '');
    expect(await isBuilt(root)).toBe(true);
  });

  it('is stale when a source was deleted since', async () => {
    await rm(join(root, 'libs/b/index.ts'));
    expect(await isBuilt(root)).toBe(false);
  });

  const compileWith = async (script: string) => {
    await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
    await writeFile(join(root, 'node_modules/.bin/tsc'), script);
    await build(root, () => {});
  };

  it('is fresh after a build, even where sources kept their age', async () => {
    await rm(join(root, 'dist'), { recursive: true });
    await compileWith('');
    expect(await isBuilt(root)).toBe(true);
  });

  it('is not fresh after a build that failed, and tells the errors of the compiler', async () => {
    await age('package.json', 200);
    const failing = compileWith('console.error("TS2322: no"); process.exit(1)');
    await expect(failing).rejects.toThrow('TS2322: no');
    expect(await isBuilt(root)).toBe(false);
  });
});
