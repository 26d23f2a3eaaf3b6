import { isMap, isScalar, parseDocument } from 'yaml';
import type { Platform } from '../../define-platform.ts';
import { type NamedService, publicService, toEnvName, toReplicas, toServices } from '../../derived.ts';
import { GENERATED } from '../../generated-header.ts';
import { indent, joinBlocks, renderContainer, renderUrls } from './containers.ts';
import { REGIONS, type Region, findHosts, toRegionalAddresses } from './region-hosts.ts';
import { findCalledBefore, findServerConditions, toConditions } from './start-conditions.ts';

/** Anchors that people keep in docker-compose.yml. Compose resolves anchors in one file only, so this file repeats them. */
const ANCHORS = ['x-container', 'x-service', 'x-environment'];

const PROMETHEUS = [
  'prometheus:',
  "  volumes: ['./deploy/prometheus/targets.regions.yml:/etc/prometheus/targets.d/regions.yml:ro']",
];

/** Renders deploy/compose/regions.yml. `compose` is the text of docker-compose.yml. */
export function renderRegions(platform: Platform, compose: string): string {
  const gateway = publicService(platform);
  return [
    ...renderHead(platform, gateway),
    ...copyAnchors(compose),
    '',
    'services:',
    ...indent(
      joinBlocks([
        renderOverride(platform, gateway, gateway.name, 'north'),
        renderSouthernGateway(platform, gateway),
        toServices(platform).flatMap((service) => renderReplicaUrls(platform, service)),
        PROMETHEUS,
      ]),
    ),
    '',
  ].join('\n');
}

function renderHead(platform: Platform, gateway: NamedService): string[] {
  const called = toServices(platform).filter(({ name }) => name in gateway.calls);
  const northern = called
    .filter((service) => toReplicas(service).length > 1)
    .flatMap((service) => findHosts(service, 'north'));
  const address = `http://localhost:${gateway.port}`;
  return [
    `# ${GENERATED}`,
    `# Two regions, north and south. Each ${gateway.name} calls the services of its own region first, and those of the other region`,
    '# while its own fail:',
    '#   docker compose -f docker-compose.yml -f deploy/compose/regions.yml up --build',
    ...(northern.length > 0
      ? [`#   docker compose stop ${northern.join(' ')}`, `# Then ${address} (north) uses the south.`]
      : []),
    '# Both regions use the same databases and one Redis, so an idempotency key is one order in both.',
    '# Change the containers in docker-compose.yml, and add files of your own with further -f options.',
    '',
  ];
}

/** Copies the text of the anchors, with their comments. */
function copyAnchors(compose: string): string[] {
  const { contents } = parseDocument(compose);
  if (!isMap(contents)) throw new Error('docker-compose.yml is not a map');
  const texts = contents.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !ANCHORS.includes(String(key.value)) || !isMap(value)) return [];
    return [compose.slice(key.range?.[0], value.range?.[1]).trimEnd()];
  });
  if (texts.length !== ANCHORS.length)
    throw new Error(`docker-compose.yml must have ${ANCHORS.join(', ')} at its top level`);
  return texts.join('\n\n').split('\n');
}

function renderSouthernGateway(platform: Platform, gateway: NamedService): string[] {
  const host = findHosts(gateway, 'south')[0]!;
  const called = findCalledBefore(platform, gateway).map((service) => findHosts(service, 'south')[0]!);
  const lines = renderContainer(platform, gateway, {
    host,
    publishedPort: `\${${toEnvName(host)}_PORT:-${gateway.port + 10}}`,
    toUrl: (service) => toRegionalAddresses(service, 'south'),
    startConditions: { ...findServerConditions(gateway), ...toConditions(called, 'service_healthy') },
  });
  return [`${host}:`, ...indent(lines)];
}

/** Renders the addresses for each replica of a service that is not public, by the region of the replica. */
function renderReplicaUrls(platform: Platform, service: NamedService): string[] {
  if (service.public) return [];
  const regions = toReplicas(service).length === 1 ? (['north'] as const) : REGIONS;
  return regions.flatMap((region) =>
    findHosts(service, region).flatMap((host) => renderOverride(platform, service, host, region)),
  );
}

function renderOverride(platform: Platform, service: NamedService, host: string, region: Region): string[] {
  const urls = renderUrls(platform, service, (called) => toRegionalAddresses(called, region));
  return urls.length === 0 ? [] : [`${host}:`, ...indent(['environment:', ...indent(urls)])];
}
