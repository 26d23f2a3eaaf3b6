import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byPort } from '../derived.ts';
import type { List } from '../generated.ts';
import { replaceSection } from '../section.ts';

/** Folders of a service that it reads when it runs. A service may have some of them. */
const RUNTIME_FOLDERS = ['control-room', 'data', 'drizzle'];

/** The files, ports and description of the services in `deploy/Dockerfile`. */
export const dockerfile: List = async (platform, root) => {
  const services = byPort(platform);
  const names = services.map(({ name }) => name);
  const folders = await Promise.all(names.map((name) => findRuntimeFolders(root, name)));
  const paths = [...folders.flat(), ...(platform.parts.includes('flags') ? ['deploy/flags'] : [])];
  const files = paths.map((path) => `COPY ${path} ${path}`);
  const image = [
    `EXPOSE ${services.map(({ port }) => port).join(' ')}`,
    `LABEL org.opencontainers.image.title="${platform.name}" \\`,
    `      org.opencontainers.image.description="${platform.title}: ${new Intl.ListFormat('en-US').format(names)}"`,
  ];
  return [
    {
      path: 'deploy/Dockerfile',
      render: (current = '') => replaceSection(replaceSection(current, 'files', files), 'services', image),
    },
  ];
};

async function findRuntimeFolders(root: string, name: string): Promise<string[]> {
  const entries = await readdir(join(root, 'apps', name)).catch((): string[] => []);
  return RUNTIME_FOLDERS.filter((folder) => entries.includes(folder)).map(
    (folder) => `apps/${name}/${folder}`,
  );
}
