import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byPort, publicService } from '../derived.ts';
import type { List } from '../generated.ts';

/** The projects of `nest-cli.json`: the services, and the libraries by their folders. */
export const nestProjects: List = async (platform, root) => {
  const folders = await readdir(join(root, 'libs'), { withFileTypes: true });
  const libraries = folders.filter((folder) => folder.isDirectory()).map(({ name }) => name);
  const tsConfigPath = (path: string) => `${path}/tsconfig.json`;
  const project = (type: string, path: string, entryFile: string) => ({
    type,
    root: path,
    sourceRoot: `${path}/src`,
    entryFile,
    compilerOptions: { tsConfigPath: tsConfigPath(path) },
  });
  const main = `apps/${publicService(platform).name}`;
  const projects = [
    ...byPort(platform).map(
      ({ name }) => [name, project('application', `apps/${name}`, 'src/main')] as const,
    ),
    ...libraries.toSorted().map((name) => [name, project('library', `libs/${name}`, 'index')] as const),
  ];
  const text = {
    $schema: 'https://json.schemastore.org/nest-cli',
    monorepo: true,
    root: main,
    sourceRoot: `${main}/src`,
    compilerOptions: { builder: 'tsc', webpack: false, tsConfigPath: tsConfigPath(main) },
    projects: Object.fromEntries(projects),
  };
  return [{ path: 'nest-cli.json', render: () => `${JSON.stringify(text, undefined, 2)}\n` }];
};
