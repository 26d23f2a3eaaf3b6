import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneTemplate, createSmallTemplate, runPlatform } from '../../../test/support/small-template.ts';
import { commitAll, git, linkPackages } from '../working-copy.ts';

let directory: string;
let template: string;
let shop: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'update-'));
  template = await createSmallTemplate(join(directory, 'template'));
  await git(template, 'tag', 'v1');
  shop = await createWithoutHistory();
});
afterAll(() => rm(directory, { recursive: true }));

/** Copies the template as one commit, as "Use this template" does. */
async function createWithoutHistory(): Promise<string> {
  const path = await cloneTemplate(template, join(directory, 'shop'));
  await rm(join(path, '.git'), { recursive: true });
  await git(path, 'init', '--quiet', '--initial-branch=main');
  await commitAll(path, 'Start');
  return path;
}

async function edit(root: string, path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(join(root, path), 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${path} does not have that line`);
  await writeFile(join(root, path), changed);
}

const read = (path: string): Promise<string> => readFile(join(shop, path), 'utf8');
const replaceFirst = (before: string, after: string) => (text: string) => text.replace(before, after);

async function release(
  tag: string,
  changes: Readonly<Record<string, (text: string) => string>>,
): Promise<void> {
  for (const [path, change] of Object.entries(changes)) await edit(template, path, change);
  await commitAll(template, tag);
  await git(template, 'tag', tag);
}

async function update(...words: string[]): Promise<string> {
  const { code, output } = await runPlatform(shop, 'update', ...words);
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  return output;
}

it('says which option names the template, and rejects a version that it lacks', async () => {
  expect(await runPlatform(shop, 'update')).toEqual({
    code: 1,
    output: expect.stringContaining('npm run platform -- update --from URL'),
  });
  expect(await runPlatform(shop, 'update', '--from', template, '--to', 'v9')).toEqual({
    code: 1,
    output: expect.stringContaining('no tag, branch or commit v9. Its tags are: v1.'),
  });
  expect(await git(shop, 'status', '--porcelain')).toBe('');
});

it('merges two releases into a renamed and edited platform without a conflict', async () => {
  await writeFile(join(shop, 'notes.md'), 'Ours.\n');
  await commitAll(shop, 'Edit before the first command');
  expect(await runPlatform(shop, 'rename', 'acme-shop', '--scope', '@acme')).toEqual({
    code: 0,
    output: expect.any(String),
  });
  await edit(shop, 'package.json', replaceFirst('"scripts": {', '"scripts": {\n    "ours": "true",'));
  await edit(shop, 'platform.config.ts', replaceFirst('Films, their stock, and orders', 'Goods, and orders'));
  await edit(shop, 'CONTRIBUTING.md', replaceFirst('## A feature', 'Our rule.\n\n## A feature'));
  await linkPackages(template, shop);
  expect(await runPlatform(shop, 'generate')).toEqual({ code: 0, output: expect.any(String) });
  await commitAll(shop, 'Edit after it');

  await release('v2', {
    'package.json': replaceFirst('"scripts": {', '"scripts": {\n    "theirs": "true",'),
    'platform.config.ts': replaceFirst('availability: 0.99,', 'availability: 0.95,'),
    'CONTRIBUTING.md': (text) => `${text}\nA rule of the template about libs/core.\n`,
  });
  expect(await runPlatform(template, 'generate')).toEqual({ code: 0, output: expect.any(String) });
  await commitAll(template, 'Generate');
  await git(template, 'tag', '--force', 'v2');
  expect(await update('--from', template, '--to', 'v2')).not.toContain('Both sides changed');
  expect(await git(shop, 'diff', '--check', 'HEAD')).toBe('');
  expect(JSON.parse(await read('package.json'))).toMatchObject({
    name: 'acme-shop',
    scripts: { ours: 'true', theirs: 'true' },
  });
  expect(await read('platform.config.ts')).toMatch(/Goods, and orders[^]*availability: 0\.95/);
  expect(await read('CONTRIBUTING.md')).toMatch(/Our rule\.[^]*A rule of the template/);
  expect(await read('notes.md')).toBe('Ours.\n');
  expect((await runPlatform(shop, 'generate')).output).toBe('');
  await commitAll(shop, 'Update to v2');

  const name = JSON.parse(await readFile(join(template, 'package.json'), 'utf8')) as { name: string };
  await release('v3', { 'AGENTS.md': (text) => `${text}\nImport @${name.name}/core.\n` });
  await git(template, 'branch', '--force', 'next');
  await update('--to', 'next');
  expect(await read('AGENTS.md')).toContain('Import @acme/core.');
  await commitAll(shop, 'Update to v3');
  expect(await update()).toContain('Nothing to change.');
});

it('marks the lines that both sides changed, lists their files, and exits with a code of its own', async () => {
  await git(template, 'checkout', '--quiet', 'v1');
  const plain = await cloneTemplate(template, join(directory, 'plain'));
  await git(template, 'checkout', '--quiet', 'main');
  await edit(plain, 'AGENTS.md', replaceFirst('# For coding assistants', '# For our assistants'));
  await commitAll(plain, 'Edit a title');
  await release('v4', { 'AGENTS.md': replaceFirst('# For coding assistants', '# For assistants') });
  const { code, output } = await runPlatform(plain, 'update', '--from', template, '--to', 'v4');
  expect(code).toBe(2);
  expect(output).toContain('Both sides changed the same lines of 1 file.');
  expect(output).toMatch(/^ +AGENTS\.md$/m);
  expect(await readFile(join(plain, 'AGENTS.md'), 'utf8')).toMatch(
    /^<{7} yours\n# For our assistants\n={7}\n# For assistants\n>{7} template\n/,
  );
});
