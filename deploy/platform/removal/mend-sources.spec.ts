import { readFile, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { createRepository } from './fixture.ts';
import { mendSources, openSources } from './mend-sources.ts';

const GONE = {
  'src/mail/mail.ts':
    'export class Mail {}\nexport const address = (name: string) => name;\nexport type Letter = string;\n',
  'libs/post/index.ts': 'export const post = 1;\n',
};

/** Returns the formatted text of the other files after `src/mail` and the package `@own/post` are deleted, and the uses. */
async function mend(files: Record<string, string>, touched: string[] = []) {
  const tsconfig =
    '{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true},"include":["src","libs"]}';
  await using repository = await createRepository({ ...files, ...GONE, 'tsconfig.json': tsconfig });
  const { root } = repository;
  const folders = [join(root, 'src/mail'), join(root, 'libs/post')];
  for (const folder of folders) await rm(folder, { recursive: true });
  const removed = {
    hasPath: (path: string) => folders.some((folder) => path === folder || path.startsWith(folder + sep)),
    packages: ['@own/post'],
  };
  const absolute = new Set(touched.map((path) => join(root, path)));
  const uses = await mendSources(root, openSources(root), removed, absolute);
  const texts: Record<string, string> = {};
  for (const path of Object.keys(files))
    texts[path] = await format(await readFile(join(root, path), 'utf8'), {
      parser: 'typescript',
      singleQuote: true,
    });
  return { texts, uses };
}

const mendOne = async (...lines: string[]) => {
  const { texts, uses } = await mend({ 'src/a.ts': lines.join('\n'), 'src/b.ts': 'export const b = 1;\n' });
  expect(uses).toEqual([]);
  return texts['src/a.ts'];
};

describe('imports of deleted files', () => {
  it('go together with the elements of arrays that use them', async () => {
    const text = await mendOne(
      "import { Mail, address } from './mail/mail.ts';",
      "import { b } from './b.ts';",
      'export const list = [b, Mail, new Mail(), address(`x`, 1), ...address, Mail.name];',
    );
    expect(text).toBe("import { b } from './b.ts';\nexport const list = [b];\n");
  });

  it('leave the blank line after the imports', async () => {
    const text = await mendOne(
      "import { b } from './b.ts';",
      "import { Mail } from './mail/mail.ts';",
      '',
      'export const list = [b, Mail];',
    );
    expect(text).toBe("import { b } from './b.ts';\n\nexport const list = [b];\n");
  });

  it('go together with the properties that use them, and the comments of those', async () => {
    const text = await mendOne(
      "import { b } from './b.ts';",
      "import * as mail from './mail/mail.ts';",
      "import type { Mail } from './mail/mail.ts';",
      'export const table = {',
      '  b,',
      '  /** The mail. */',
      '  mail,',
      "  'a-b': mail.address,",
      '  ...mail,',
      '  c: 2,',
      '};',
      'export type Any = Mail | string | undefined;',
    );
    expect(text).toBe(
      "import { b } from './b.ts';\nexport const table = {\n  b,\n  c: 2,\n};\nexport type Any = string | undefined;\n",
    );
  });

  it('go together with providers and entries of maps', async () => {
    const text = await mendOne(
      "import { Mail } from './mail/mail.ts';",
      "export const providers = [{ provide: Mail, useValue: 1 }, { provide: 'b', useValue: 2 }];",
      "export const map = new Map([['mail', Mail], ['b', Object]]);",
    );
    expect(text).toBe(
      "export const providers = [{ provide: 'b', useValue: 2 }];\nexport const map = new Map([['b', Object]]);\n",
    );
  });

  it('leave the marks of regions around the elements and properties that go', async () => {
    const text = await mendOne(
      "import { Mail, address } from './mail/mail.ts';",
      "import { b } from './b.ts';",
      'export const list = [',
      '  // #region part: news',
      '  b,',
      '  // #endregion part: news',
      '  Mail,',
      '  [b, address],',
      '  // #region part: ads',
      "  ['a', b],",
      '  // #endregion part: ads',
      '];',
      'export const table = {',
      '  // #region part: news',
      '  b,',
      '  // #endregion part: news',
      '  mail: Mail,',
      '};',
    );
    expect(text).toBe(
      [
        "import { b } from './b.ts';",
        'export const list = [',
        '  // #region part: news',
        '  b,',
        '  // #endregion part: news',
        '  [b],',
        '  // #region part: ads',
        "  ['a', b],",
        '  // #endregion part: ads',
        '];',
        'export const table = {',
        '  // #region part: news',
        '  b,',
        '  // #endregion part: news',
        '};',
        '',
      ].join('\n'),
    );
  });

  it('go if they are only for an effect, or of a deleted package', async () => {
    expect(
      await mendOne(
        "import './mail/mail.ts';",
        "import { post } from '@own/post/sub';",
        'export const all = [post, 1];',
      ),
    ).toBe('export const all = [1];\n');
  });

  it('leave what has the same name elsewhere', async () => {
    const text = await mendOne(
      "import { Mail } from './mail/mail.ts';",
      'export const list = [Mail];',
      'export const other = (Mail: string) => [Mail];',
      'export const third = [{ Mail: 1 }.Mail];',
    );
    expect(text).toBe(
      'export const list = [];\nexport const other = (Mail: string) => [Mail];\nexport const third = [{ Mail: 1 }.Mail];\n',
    );
  });
});

it('follows exports of deleted files to the files that import them', async () => {
  const { texts, uses } = await mend({
    'src/index.ts': "export * from './mail/mail.ts';\nexport * from './b.ts';\n",
    'src/named.ts': "export { Mail, address as toAddress } from './index.ts';\nexport const c = 1;\n",
    'src/b.ts': 'export const b = 1;\n',
    'src/user.ts':
      "import { b, Mail as Post } from './index.ts';\nimport { c, toAddress } from './named.ts';\nexport const all = [b, Post, c, toAddress];\n",
  });
  expect(uses).toEqual([]);
  expect(texts).toEqual({
    'src/index.ts': "export * from './b.ts';\n",
    'src/named.ts': 'export const c = 1;\n',
    'src/b.ts': 'export const b = 1;\n',
    'src/user.ts':
      "import { b } from './index.ts';\nimport { c } from './named.ts';\nexport const all = [b, c];\n",
  });
});

it('removes the imports that a deleted entry or a deleted region left unused', async () => {
  const { texts } = await mend(
    {
      'src/a.ts':
        "import { Mail } from './mail/mail.ts';\nimport { b, c } from './b.ts';\nexport const list = [c, Mail.of({ b })];\n",
      'src/b.ts': 'export const b = 1;\nexport const c = 2;\n',
      'src/region.ts': "import { b } from './b.ts';\nimport { c } from './b.ts';\nexport const d = c;\n",
    },
    ['src/region.ts'],
  );
  expect(texts['src/a.ts']).toBe("import { c } from './b.ts';\nexport const list = [c];\n");
  expect(texts['src/region.ts']).toBe("import { c } from './b.ts';\nexport const d = c;\n");
});

it('returns the uses that are no list entries, and leaves the file as it is', async () => {
  const text =
    "import { Mail, type Letter } from './mail/mail.ts';\nexport const list = [Mail];\nexport function send(letter: Letter) {\n  return new Mail().send(letter);\n}\n";
  const { texts, uses } = await mend({ 'src/a.ts': text });
  expect(texts['src/a.ts']).toBe(text);
  expect(uses).toEqual([
    { path: 'src/a.ts', line: 2 },
    { path: 'src/a.ts', line: 4 },
    { path: 'src/a.ts', line: 3 },
  ]);
});
