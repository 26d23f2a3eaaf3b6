import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../../define-platform.ts';
import { byPort, toReplicas, toServices } from '../../derived.ts';
import type { List } from '../../generated.ts';
import { replaceSection } from '../../section.ts';
import { joinBlocks, renderAnchor, renderContainers, toDatabaseName, toVolume } from './containers.ts';
import { toLinkedStores } from './links.ts';
import { renderOverrides } from './overrides.ts';
import { renderRegions } from './regions.ts';
import { toAddedStores } from './stores.ts';

const COMPOSE = 'docker-compose.yml';
const LINKS = 'deploy/compose/links.yml';
const STORES = 'deploy/compose/stores.yml';
const REGIONS = 'deploy/compose/regions.yml';

/** The containers of the services in the files of Compose. */
export const compose: List = (platform, root) => [
  {
    path: COMPOSE,
    render: (current = '') => renderCompose(platform, current),
  },
  {
    path: LINKS,
    render: (current = '') => replaceSection(current, 'services', renderOverrides(platform, toLinkedStores)),
  },
  {
    path: STORES,
    render: (current = '') => replaceSection(current, 'services', renderOverrides(platform, toAddedStores)),
  },
  {
    path: REGIONS,
    render: async () => renderRegions(platform, await readFile(join(root, COMPOSE), 'utf8')),
  },
];

function renderCompose(platform: Platform, current: string): string {
  const services = byPort(platform);
  const databases = toServices(platform).filter(({ stores }) => stores.includes('database'));
  const volumes = services.flatMap((service) =>
    toReplicas(service).flatMap((host) => toVolume(service, host) ?? []),
  );
  const sections = {
    anchors: joinBlocks(services.map((service) => renderAnchor(platform, service))),
    services: joinBlocks(services.map((service) => renderContainers(platform, service))),
    databases: [`command: [${databases.map(({ name }) => toDatabaseName(name)).join(', ')}]`],
    volumes: volumes.map((volume) => `${volume}:`),
  };
  return Object.entries(sections).reduce((text, [name, lines]) => replaceSection(text, name, lines), current);
}
