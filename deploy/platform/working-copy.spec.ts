import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkPackages } from './working-copy.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'working-copy-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Writes the library `core` with its link in `node_modules`, as npm makes it. */
async function createRepository(name: string, scope: string): Promise<string> {
  const root = join(directory, name);
  await mkdir(join(root, 'libs/core'), { recursive: true });
  await writeFile(join(root, 'libs/core/package.json'), JSON.stringify({ name: `${scope}/core` }));
  return root;
}

it('leaves the packages of the repository as they are, although the copy has an earlier scope', async () => {
  const repository = await createRepository('repository', '@acme');
  const earlier = join(repository, 'node_modules/@shop');
  await mkdir(join(earlier, 'installed'), { recursive: true });
  await symlink('../../libs/core', join(earlier, 'core'));
  await mkdir(join(repository, 'node_modules/zod'));
  const copy = await createRepository('copy', '@shop');

  await linkPackages(repository, copy);

  expect(await readlink(join(earlier, 'core'))).toBe('../../libs/core');
  const packages = join(copy, 'node_modules');
  expect((await readdir(packages)).toSorted()).toEqual(['@shop', 'zod']);
  expect((await readdir(join(packages, '@shop'))).toSorted()).toEqual(['core', 'installed']);
  expect(await readlink(join(packages, '@shop/core'))).toBe(join(copy, 'libs/core'));
});
