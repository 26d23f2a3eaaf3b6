import { globSync } from 'node:fs';
import { type ServiceList, filterNames, readText } from './service-list.ts';

const readJson = (path: string): unknown => JSON.parse(readText(path));
const toService = (path: string): string => /^apps\/([\w-]+)/.exec(path)?.[1] ?? '';

/** The places that build and start the services. */
export const buildLists: readonly ServiceList[] = [
  {
    name: 'apps/NAME/src/main.ts',
    read: () => globSync('apps/*/src/main.ts').map(toService),
  },
  {
    name: 'nest-cli.json, projects',
    read: () => {
      const { projects } = readJson('nest-cli.json') as {
        projects: Record<string, { type: string; root: string }>;
      };
      const applications = Object.values(projects).filter(({ type }) => type === 'application');
      return applications.map(({ root }) => toService(root));
    },
  },
  {
    name: 'tsconfig.build.json, references',
    read: () => {
      const { references } = readJson('tsconfig.build.json') as { references: { path: string }[] };
      return references.map(({ path }) => toService(path));
    },
  },
  {
    name: 'package.json, start scripts',
    read: (services) => {
      const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
      return filterNames(services, ({ name }) =>
        Boolean(scripts[`start:${name}`]?.endsWith(` dist/apps/${name}/src/main.js`)),
      );
    },
  },
  {
    name: 'deploy/Dockerfile, EXPOSE',
    read: (services) => {
      const [, ports = ''] = /^EXPOSE (.*)$/m.exec(readText('deploy/Dockerfile')) ?? [];
      return filterNames(services, ({ port }) => ports.split(' ').includes(String(port)));
    },
  },
];
