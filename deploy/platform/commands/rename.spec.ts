import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../../platform.config.ts';
import { cloneTemplate, createSmallTemplate, runPlatform } from '../../../test/support/small-template.ts';
import { commitAll, git } from '../working-copy.ts';

let directory: string;
let shop: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rename-'));
  const template = await createSmallTemplate(join(directory, 'template'));
  shop = await cloneTemplate(template, join(directory, 'shop'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = (...words: string[]) => runPlatform(shop, ...words);
/** Returns the lines that have an old name. Specs have names of their own. */
const find = (pattern: string): Promise<string> =>
  git(shop, 'grep', '-iE', pattern, '--', ':!*.spec.ts').catch(() => '');
const read = (path: string): Promise<string> => readFile(join(shop, path), 'utf8');

describe('a clone that is renamed', () => {
  it('is as it was after a dry run', async () => {
    const { code, output } = await run('rename', 'x', '--dry-run');
    expect(code).toBe(0);
    expect(output).toContain("+  name: 'x',");
    expect(await git(shop, 'status', '--porcelain')).toBe('');
  });

  it('has no line and no path with the old name', async () => {
    expect(await run('rename', 'x')).toEqual({ code: 0, output: expect.any(String) });
    await commitAll(shop, 'Rename');
    const old = platform.name.split('-').join('.');
    expect(await git(shop, 'grep', '-i', old).catch(() => '')).toBe('');
    expect(
      (await git(shop, 'ls-files')).split('\n').filter((path) => new RegExp(old, 'i').test(path)),
    ).toEqual([]);
  });

  it('has the new name in the spelling of each place', async () => {
    expect(await read('package.json')).toContain('"name": "x"');
    expect(await read('libs/core/package.json')).toContain('"name": "@x/core"');
    expect(await read('libs/contracts/src/problems.ts')).toContain("'urn:x:problem:'");
    expect(await read('deploy/k8s/base/namespace.yaml')).toContain('name: x\n');
    expect(await read('README.md')).toMatch(/^# X\n/);
    expect(await read('.platform.json')).toContain('"commands": [["rename", "x"]]');
  });

  it('keeps the copyright of the template and adds its own', async () => {
    expect((await read('LICENSE')).split('\n').slice(2, 4)).toEqual([
      'Copyright (c) 2026 the maintainers of this template',
      'Copyright (c) the maintainers of X',
    ]);
  });

  it('changes nothing the second time', async () => {
    expect(await run('rename', 'x')).toEqual({ code: 0, output: 'Nothing to change.\n' });
  });

  it('gets another name, although code of its own uses the short one', async () => {
    await writeFile(join(shop, 'apps.ts'), "import { x } from '@x/core';\nexport const X = { x };\n");
    await commitAll(shop, 'Add code');
    expect(await run('rename', 'my.org-shop', '--scope', '@my.org')).toEqual({
      code: 0,
      output: expect.any(String),
    });
    await commitAll(shop, 'Rename again');
    expect(await read('apps.ts')).toBe("import { x } from '@my.org/core';\nexport const X = { x };\n");
    expect(await read('deploy/k8s/base/namespace.yaml')).toContain('name: my-org-shop\n');
    expect(await read('README.md')).toMatch(/^# My\.org shop\n/);
    expect(await read('LICENSE')).toContain(
      'of this template\nCopyright (c) the maintainers of My.org shop\n',
    );
    expect(JSON.parse(await read('.platform.json'))).toMatchObject({
      commands: [['rename', 'my.org-shop', '--scope', '@my.org']],
    });
    expect(await find('@x/|urn:x:|x-core-')).toBe('');
  });

  it('gets a third name in code of its own too', async () => {
    await writeFile(join(shop, 'apps.ts'), "export const realm = 'my-org-shop';\n");
    await commitAll(shop, 'Add code');
    expect(await run('rename', 'acme-shop')).toEqual({ code: 0, output: expect.any(String) });
    expect(await read('apps.ts')).toBe("export const realm = 'acme-shop';\n");
    expect(await find('my.org')).toBe('');
    await commitAll(shop, 'Rename once more');
  });
});

describe('a rename that is rejected changes nothing', () => {
  it.each([
    ['without a name', [], 'Give the new name'],
    ['with two words', ['Acme', 'shop'], 'rename Acme-shop --title "Acme shop"'],
    ['with an unknown option', ['acme', '--scop', '@acme'], "Unknown option '--scop'"],
    ['with the name of a service', ['catalog'], 'catalog is the name of a service'],
  ])('%s', async (_fault, args, message) => {
    const { code, output } = await run('rename', ...args);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(message) });
    expect(output).toMatch(/Nothing was changed\.\n$/);
    expect(await git(shop, 'status', '--porcelain')).toBe('');
  });

  it('while changes are not committed', async () => {
    await writeFile(join(shop, 'README.md'), 'changed\n');
    const { code, output } = await run('rename', 'other-shop');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(' M README.md') });
    expect(await read('README.md')).toBe('changed\n');
  });
});
