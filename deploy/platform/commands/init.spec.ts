import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSmallTemplate, runPlatform } from '../../../test/support/small-template.ts';
import { git } from '../working-copy.ts';

let directory: string;
let shop: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'init-'));
  shop = await createSmallTemplate(join(directory, 'shop'));
});
afterAll(() => rm(directory, { recursive: true }));

it.each([
  ['without a terminal and without options', [], 'init --name NAME [--scope @SCOPE] [--title TITLE]'],
  ['with a word that is no option', ['acme'], 'init --name acme'],
  ['with a scope but no name', ['--scope', '@acme'], 'A scope or a title needs a name'],
  [
    'if one of its commands fails',
    ['--name', 'acme', '--remove', 'soup'],
    'This command failed: remove soup',
  ],
])('init changes nothing %s, and says what to do', async (_case, args, message) => {
  const { code, output } = await runPlatform(shop, 'init', ...args);
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(message) });
  expect(await git(shop, 'status', '--porcelain')).toBe('');
});

it('init runs the commands for its options, and each of them is recorded', async () => {
  expect(await runPlatform(shop, 'init', '--name', 'Shop2', '--scope', '@acme')).toEqual({
    code: 0,
    output: expect.any(String),
  });
  const read = (path: string) => readFile(join(shop, path), 'utf8');
  expect(await read('package.json')).toContain('"name": "shop2"');
  expect(await read('libs/core/package.json')).toContain('"name": "@acme/core"');
  expect(JSON.parse(await read('.platform.json'))).toEqual({
    template: {
      commit: (await git(shop, 'rev-parse', 'HEAD')).trim(),
      tree: (await git(shop, 'rev-parse', 'HEAD^{tree}')).trim(),
    },
    commands: [['rename', 'Shop2', '--scope', '@acme']],
  });
});
