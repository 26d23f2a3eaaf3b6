import type { Platform } from '../../define-platform.ts';
import { type NamedService, byPort, toReplicas } from '../../derived.ts';
import { toDatabaseUrl, toRedisUrl } from './containers.ts';

/** Renders the services of deploy/compose/links.yml, which reach their databases and Redis through the proxy `links`. */
export const renderLinks = (platform: Platform): string[] =>
  byPort(platform).flatMap((service) => {
    const variables = toVariables(service);
    return variables.length === 0
      ? []
      : toReplicas(service).flatMap((host) => renderContainer(host, variables));
  });

const renderContainer = (host: string, variables: readonly string[]): string[] => [
  `${host}:`,
  '  environment:',
  ...variables.map((variable) => `    ${variable}`),
  '  depends_on:',
  '    links: { condition: service_started }',
];

const toVariables = ({ name, stores }: NamedService): string[] => [
  ...(stores.includes('database') ? [`DATABASE_URL: ${toDatabaseUrl(name, 'links')}`] : []),
  ...(stores.includes('redis') ? [`REDIS_URL: ${toRedisUrl('links')}`] : []),
];
