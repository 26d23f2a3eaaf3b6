import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { byPort, publicService } from '../derived.ts';
import type { List } from '../generated.ts';

/** The projects of `nest-cli.json`: the services, and the libraries by their folders. */
export const nestProjects: List = (platform, root) => {
  // The build of a removed library leaves a folder without a package.
  const libraries = globSync('*/package.json', { cwd: join(root, 'libs') }).map((path) => dirname(path));
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
