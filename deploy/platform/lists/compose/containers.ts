import type { Platform } from '../../define-platform.ts';
import { type NamedService, toEnvName, toMemoryMiB, toReplicas, toServices } from '../../derived.ts';
import { toAddresses } from './region-hosts.ts';
import { type StartConditions, findStartConditions } from './start-conditions.ts';

/** Memory of a container beyond that of its process: each health check starts another process for a moment. */
const RESERVE_MIB = 64;

/** Returns the limit of a container's memory, in MiB. */
export const toLimitMiB = (service: NamedService): number => toMemoryMiB(service) + RESERVE_MIB;

/** The differences between the containers of one service. */
export interface Placement {
  /** Name of the container. `undefined` for what all replicas share. */
  readonly host?: string;
  /** The port of this machine that leads to the container, such as `${GATEWAY_PORT:-3000}`. */
  readonly publishedPort?: string;
  /** Returns the addresses of a called service. */
  readonly toUrl: (called: NamedService) => string;
  readonly startConditions: StartConditions;
}

/** Renders what the replicas of a service share, as an anchor. A service with one container needs none. */
export function renderAnchor(platform: Platform, service: NamedService): string[] {
  if (toReplicas(service).length === 1) return [];
  const placement = { toUrl: toAddresses, startConditions: findStartConditions(platform, service) };
  return [`x-${service.name}: &${service.name}`, ...indent(renderContainer(platform, service, placement))];
}

export function renderContainers(platform: Platform, service: NamedService): string[] {
  const { name, port } = service;
  const hosts = toReplicas(service);
  if (hosts.length > 1) return hosts.flatMap((host) => renderReplica(platform, service, host));
  const placement = {
    host: name,
    ...(service.public && { publishedPort: `\${${toEnvName(name)}_PORT:-${port}}` }),
    toUrl: toAddresses,
    startConditions: findStartConditions(platform, service),
  };
  return [`${name}:`, ...indent(renderContainer(platform, service, placement))];
}

function renderReplica(platform: Platform, service: NamedService, host: string): string[] {
  if (!toVolume(service, host)) return [`${host}: *${service.name}`];
  return [`${host}:`, ...indent([`<<: *${service.name}`, ...renderVolumes(platform, service, host)])];
}

export const renderContainer = (
  platform: Platform,
  service: NamedService,
  placement: Placement,
): string[] => [
  '<<: *service',
  `mem_limit: ${toLimitMiB(service)}m`,
  `command: [--env-file=/run/store/secrets.env, dist/apps/${service.name}/src/main.js]`,
  'environment:',
  ...indent(renderEnvironment(platform, service, placement.toUrl)),
  ...renderVolumes(platform, service, placement.host),
  ...(placement.publishedPort ? [`ports: ['127.0.0.1:${placement.publishedPort}:${service.port}']`] : []),
  // The network `data` has no connection to the outside.
  `networks: [${service.public || Object.keys(service.upstreams).length > 0 ? 'public, data' : 'data'}]`,
  ...(Object.values(placement.startConditions).includes('service_started') ? [ALL_LISTED] : []),
  'depends_on:',
  ...indent(renderEntries(placement.startConditions, (condition) => `{ condition: ${condition} }`)),
];

const ALL_LISTED =
  '# One replica of each is enough for complete pages. The others are listed so that this container starts the whole store.';

/** Returns the volume with the files of a container, if its service has files. */
export const toVolume = ({ stores }: NamedService, host: string | undefined): string | undefined =>
  stores.includes('files') ? host : undefined;

/** Renders the variables with the addresses of the called services. */
export const renderUrls = (
  platform: Platform,
  { calls }: NamedService,
  toUrl: Placement['toUrl'],
): string[] =>
  toServices(platform)
    .filter(({ name }) => name in calls)
    .map((called) => `${toEnvName(called.name)}_URL: ${toUrl(called)}`);

function renderEnvironment(platform: Platform, service: NamedService, toUrl: Placement['toUrl']): string[] {
  const { name, port, stores, upstreams } = service;
  return [
    '<<: *environment',
    `PORT: ${port}`,
    ...(service.public && platform.parts.includes('control-room') ? CONTROL_ROOM : []),
    ...renderUrls(platform, service, toUrl),
    ...Object.entries(upstreams).map(([called, url]) => {
      const variable = `${toEnvName(called)}_URL`;
      return `${variable}: \${${variable}:-${url}}`;
    }),
    ...(stores.includes('database') ? [`DATABASE_URL: ${toDatabaseUrl(name, 'postgres')}`] : []),
    ...(stores.includes('redis') ? [`REDIS_URL: ${toRedisUrl('redis')}`] : []),
  ];
}

const CONTROL_ROOM = [
  "CONTROL_ROOM: 'true'",
  'JAEGER_URL: ${JAEGER_URL-http://localhost:16686}',
  'GRAFANA_URL: ${GRAFANA_URL:-}',
];

/** Returns the name of the database of a service: `film-reviews` → `film_reviews`. */
export const toDatabaseName = (service: string): string => service.replaceAll('-', '_');

export const toDatabaseUrl = (service: string, host: string): string =>
  `postgres://store:store@${host}/${toDatabaseName(service)}`;

export const toRedisUrl = (host: string): string => `redis://${host}:6379`;

function renderVolumes(platform: Platform, service: NamedService, host: string | undefined): string[] {
  const flags = service.public && platform.parts.includes('flags');
  const volume = toVolume(service, host);
  const volumes = [
    'secrets:/run/store:ro',
    ...(volume ? [`${volume}:/data`] : []),
    ...(flags ? ['./deploy/flags:/app/deploy/flags:ro'] : []),
  ];
  return [
    ...(flags
      ? [
          '# Mounts the directory, because an editor that replaces the file would leave the old file in the container.',
        ]
      : []),
    `volumes: [${volumes.map((text) => `'${text}'`).join(', ')}]`,
  ];
}

export const renderEntries = <Value>(
  entries: Readonly<Record<string, Value>>,
  render: (value: Value) => string,
): string[] => Object.entries(entries).map(([key, value]) => `${key}: ${render(value)}`);

/** Puts an empty line between blocks. */
export const joinBlocks = (blocks: readonly (readonly string[])[]): string[] =>
  blocks
    .filter((block) => block.length > 0)
    .flatMap((block) => ['', block].flat())
    .slice(1);

export const indent = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`));
