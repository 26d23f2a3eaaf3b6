import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepository } from './fixture.ts';
import { mendPackages } from './mend-packages.ts';
import { keepPattern, mendIgnoreFiles, mendPatterns, mendReferences } from './mend-settings.ts';
import { openSources } from './mend-sources.ts';

const removedFrom = (root: string) => ({
  hasPath: (path: string) => path === join(root, 'libs/mail') || path.startsWith(join(root, 'libs/mail/')),
  packages: ['@own/mail'],
});

it('removes references, paths and patterns of tsconfig files to what is deleted', async () => {
  await using repository = await createRepository({
    'apps/a/tsconfig.json':
      '{"include":["src"],"references":[{"path":"../../libs/mail"},{"path":"../../libs/b"}]}',
    'apps/b/tsconfig.json':
      '{"compilerOptions":{"paths":{"@own/mail":["../../libs/mail/a.ts"],"@own/b":["../../libs/b/a.ts"]}}}',
    'apps/c/tsconfig.json': '{"exclude":["**/dist","../../libs/mail/*.spec.ts"]}',
    'tsconfig.json': '{"include":["apps"]}',
  });
  expect(await mendReferences(repository.root, removedFrom(repository.root))).toEqual([
    'apps/a/tsconfig.json',
    'apps/b/tsconfig.json',
    'apps/c/tsconfig.json',
  ]);
  expect(JSON.parse(await readFile(join(repository.root, 'apps/c/tsconfig.json'), 'utf8'))).toEqual({
    exclude: ['**/dist'],
  });
  expect(JSON.parse(await readFile(join(repository.root, 'apps/a/tsconfig.json'), 'utf8'))).toEqual({
    include: ['src'],
    references: [{ path: '../../libs/b' }],
  });
  expect(JSON.parse(await readFile(join(repository.root, 'apps/b/tsconfig.json'), 'utf8'))).toEqual({
    compilerOptions: { paths: { '@own/b': ['../../libs/b/a.ts'] } },
  });
});

it('removes deleted paths from the lists of other parts', async () => {
  await using repository = await createRepository({
    'tsconfig.json': '{"include":["deploy"]}',
    'deploy/platform/parts/flags.ts':
      "export const flags = { paths: ['deploy/flags', 'libs/mail/flags.ts'] };\n",
  });
  const project = openSources(repository.root);
  const path = join(repository.root, 'deploy/platform/parts/flags.ts');
  expect(mendPatterns(repository.root, project, removedFrom(repository.root))).toEqual([path]);
  expect(project.getSourceFileOrThrow(path).getText()).toBe(
    "export const flags = { paths: ['deploy/flags'] };\n",
  );
});

it('removes the lines of ignore files that name deleted paths', async () => {
  await using repository = await createRepository({
    '.prettierignore': 'dist\n/libs/mail/data\nlibs/mailbox\n\n',
  });
  expect(await mendIgnoreFiles(repository.root, removedFrom(repository.root))).toEqual(['.prettierignore']);
  expect(await readFile(join(repository.root, '.prettierignore'), 'utf8')).toBe('dist\nlibs/mailbox\n\n');
});

describe('a pattern', () => {
  const keep = (pattern: string) => keepPattern(pattern, (path) => path.startsWith('libs/mail'));

  it.each([
    ['libs/mail/**/*.spec.ts', undefined],
    ['libs/{mail,b,c}/src/**', 'libs/{b,c}/src/**'],
    ['libs/{b,mail}/*.ts', 'libs/b/*.ts'],
    ['{libs/mail,libs/mail2}/**', undefined],
    ['libs/**/*.spec.ts', 'libs/**/*.spec.ts'],
    ['@own/mail', '@own/mail'],
  ])('%s becomes %s', (pattern, expected) => {
    expect(keep(pattern)).toBe(expected);
  });
});

it('removes packages that nothing imports any more, deleted packages, and scripts of deleted files', async () => {
  await using repository = await createRepository({
    'tsconfig.json': '{"include":["src"]}',
    'src/a.ts': "import 'kept/sub';\n",
    'package.json': JSON.stringify({
      scripts: {
        lint: 'tsc && tsc -p libs/mail/tsconfig.json',
        send: 'npm run build && node libs/mail/send.ts',
        test: 'vitest',
      },
      dependencies: { kept: '1.0.0', mailer: '2.0.0', other: '3.0.0' },
      devDependencies: { '@own/mail': '*' },
      allowScripts: { mailer: true },
    }),
  });
  const { root } = repository;
  await mendPackages(root, openSources(root), removedFrom(root), ['kept', 'mailer']);
  expect(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).toEqual({
    scripts: { lint: 'tsc', test: 'vitest' },
    dependencies: { kept: '1.0.0', other: '3.0.0' },
    devDependencies: {},
    allowScripts: {},
  });
});
