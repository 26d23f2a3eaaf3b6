import { readFile, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readJson } from '../working-copy.ts';

interface TsConfig {
  readonly references: readonly { readonly path: string }[];
}

/** Makes `apps/NAME/tsconfig.json` refer to each library that the sources of the service import. */
export async function writeReferences(root: string, scope: string, service: string): Promise<void> {
  const folder = join(root, 'apps', service);
  const path = join(folder, 'tsconfig.json');
  const paths = globSync('src/**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.spec.ts'));
  const texts = await Promise.all(paths.map((file) => readFile(join(folder, file), 'utf8')));
  const libraries = texts
    .flatMap((text) => ts.preProcessFile(text).importedFiles)
    .map(({ fileName }) => fileName.split('/'))
    .filter(([first]) => first === scope)
    .map(([, library]) => `../../libs/${library}`);
  const config = await readJson<TsConfig>(path).catch(() => createConfig(service));
  const references = [...new Set([...config.references.map(({ path }) => path), ...libraries])].toSorted();
  const content = { ...config, references: references.map((path) => ({ path })) };
  await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

const createConfig = (service: string) => ({
  extends: '../../tsconfig.build.json',
  compilerOptions: {
    rootDir: '.',
    outDir: `../../dist/apps/${service}`,
    tsBuildInfoFile: `../../dist/apps/${service}/.tsbuildinfo`,
  },
  include: ['src'],
  exclude: ['**/*.spec.ts'],
  references: [],
});
