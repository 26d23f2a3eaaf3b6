import type { Platform } from '../../define-platform.ts';
import { type NamedService, byPort } from '../../derived.ts';
import { findOptionalKeys, findOwnKeys } from './settings.ts';

/** Renders the commands that create the secrets, for a page in Markdown. */
export const renderSecretCommands = (platform: Platform): string[] => [
  '',
  '```sh',
  'kubectl apply -f deploy/k8s/base/namespace.yaml',
  renderCommand(platform, 'generic operators', [renderRandom('ADMIN_TOKEN')]),
  renderCommand(platform, 'generic services', [renderRandom('SERVICE_TOKEN')]),
  ...byPort(platform).flatMap((service) => renderOwnSecret(platform, service)),
  renderCommand(platform, `tls ${platform.name}-tls`, ['--cert=…', '--key=…']),
  '```',
  '',
];

/** Renders the commands that add the addresses of optional stores to the secrets, for a page in Markdown. */
export const renderOptionalSecretCommands = (platform: Platform): string[] => {
  const services = byPort(platform).filter((service) => findOptionalKeys(service).length > 0);
  if (services.length === 0) return [];
  return ['', '```sh', ...services.flatMap((service) => renderOptionalKeys(platform, service)), '```', ''];
};

function renderOptionalKeys({ name }: Platform, service: NamedService): string[] {
  const entries = findOptionalKeys(service).map((key) => `"${key}":"${OPTIONAL_VALUES[key] ?? '…'}"`);
  return [
    `kubectl -n ${name} patch secret ${service.name} -p '{"stringData":{${entries.join(',')}}}'`,
    `kubectl -n ${name} rollout restart deployment/${service.name}`,
  ];
}

const OPTIONAL_VALUES: Readonly<Record<string, string>> = {
  DATABASE_REPLICA_URL: 'postgres://…?sslmode=verify-full',
  CACHE_REDIS_URL: 'rediss://…',
};

const renderRandom = (key: string): string => `--from-literal=${key}="$(openssl rand -hex 32)"`;

const VALUES: Readonly<Record<string, string>> = {
  DATABASE_URL: "--from-literal=DATABASE_URL='postgres://…?sslmode=verify-full'",
  REDIS_URL: '--from-literal=REDIS_URL=rediss://…',
};

function renderOwnSecret(platform: Platform, service: NamedService): string[] {
  const keys = findOwnKeys(service);
  if (keys.length === 0) return [];
  const literals = keys.map((key) => VALUES[key] ?? renderRandom(key));
  return [renderCommand(platform, `generic ${service.name}`, literals)];
}

const renderCommand = ({ name }: Platform, secret: string, options: readonly string[]): string =>
  `kubectl -n ${name} create secret ${secret} ${options.join(' ')}`;
