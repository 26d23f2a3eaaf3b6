import type { Platform } from '../../define-platform.ts';
import { type NamedService, toEnvName, toServices } from '../../derived.ts';

/** Space for files in `emptyDir` volumes, in MiB. The kubelet evicts the pod that exceeds it. */
export const VOLUMES_MIB = { tmp: 16, data: 1024 } as const;

/** A key of a Secret, which becomes the variable with its name. */
interface SecretKey {
  readonly secret: string;
  readonly key: string;
  /** Without the key, the container does not have the variable. @default false */
  readonly optional?: boolean;
}

/** Returns the keys of the Secret that has the name of the service. */
export const findOwnKeys = ({ stores, public: isPublic }: NamedService): string[] => [
  ...(stores.includes('database') ? ['DATABASE_URL'] : []),
  ...(stores.includes('redis') ? ['REDIS_URL'] : []),
  ...(isPublic ? ['IDEMPOTENCY_SECRET'] : []),
];

/** Returns the keys that this Secret may have. A service works without them. */
export const findOptionalKeys = ({ optionalStores }: NamedService): string[] => [
  ...(optionalStores.includes('replica') ? ['DATABASE_REPLICA_URL'] : []),
  ...(optionalStores.includes('cache') ? ['CACHE_REDIS_URL'] : []),
];

/** Renders the variables of a container, after its port. */
export function renderVariables(platform: Platform, service: NamedService): string[] {
  const called = toServices(platform).filter(({ name }) => name in service.calls);
  const secrets: SecretKey[] = [
    ...findOwnKeys(service).map((key) => ({ secret: service.name, key })),
    ...findOptionalKeys(service).map((key) => ({ secret: service.name, key, optional: true })),
    { secret: 'operators', key: 'ADMIN_TOKEN' },
    { secret: 'services', key: 'SERVICE_TOKEN' },
  ];
  return [
    ...called.map(({ name, port }) => `- { name: ${toEnvName(name)}_URL, value: 'http://${name}:${port}' }`),
    ...Object.entries(service.upstreams).map(
      ([name, url]) => `- { name: ${toEnvName(name)}_URL, value: '${url}' }`,
    ),
    ...secrets.flatMap(({ secret, key, optional = false }) => [
      `- name: ${key}`,
      `  valueFrom: { secretKeyRef: { name: ${secret}, key: ${key}${optional ? ', optional: true' : ''} } }`,
    ]),
  ];
}

const usesFlags = ({ parts }: Platform, service: NamedService): boolean =>
  service.public && parts.includes('flags');

/** Renders the mounts beside that of /tmp. */
export const renderVolumeMounts = (platform: Platform, service: NamedService): string[] => [
  ...(service.stores.includes('files') ? ['- { name: data, mountPath: /data }'] : []),
  ...(usesFlags(platform, service)
    ? ['- { name: flags, mountPath: /app/deploy/flags, readOnly: true }']
    : []),
];

export const renderVolumes = (platform: Platform, service: NamedService): string[] => [
  ...(service.stores.includes('files')
    ? [
        '# These files survive a restart of the container. A new pod starts without them.',
        '- name: data',
        `  emptyDir: { sizeLimit: ${VOLUMES_MIB.data}Mi }`,
      ]
    : []),
  ...(usesFlags(platform, service) ? ['- name: flags', '  configMap: { name: flags }'] : []),
];
