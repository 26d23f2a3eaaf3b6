import { parse } from 'yaml';
import { type NamedService, toEnvName, toReplicas } from '../../../deploy/platform/derived.ts';
import { type ServiceList, filterNames, readText } from './service-list.ts';

interface Container {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly volumes?: object;
}
const FILE = 'docker-compose.yml';
const REGIONS = 'deploy/compose/regions.yml';
const LINKS = 'deploy/compose/links.yml';
const STORES = 'deploy/compose/stores.yml';
const files = new Map(
  [FILE, REGIONS, LINKS, STORES].map((path) => [path, parse(readText(path), { merge: true }) as Compose]),
);
const getContainers = (path: string) => files.get(path)?.services ?? {};
const volumeNames = Object.keys(files.get(FILE)?.volumes ?? {});

/** Checks the containers of all callers of a service. */
const everyCaller = (
  services: readonly NamedService[],
  { name }: NamedService,
  check: (host: string) => boolean,
): boolean =>
  services.filter(({ calls }) => name in calls).every((caller) => toReplicas(caller).every(check));

/** Returns the addresses of a service in an environment, in any order. */
const readUrls = ({ environment = {} }: Container = {}, name: string): string[] =>
  String(environment[`${toEnvName(name)}_URL`] ?? '').split(/[,|]/);

const hasUrls = (container: Container | undefined, service: NamedService): boolean =>
  toReplicas(service).every((host) =>
    readUrls(container, service.name).includes(`http://${host}:${service.port}`),
  );

/** The places of the services in the files of Compose. */
export const composeLists: readonly ServiceList[] = [
  {
    name: `${FILE}, containers`,
    read: () => {
      const commands = Object.values(getContainers(FILE)).map(({ command = [] }) => command.toString());
      return commands.flatMap((command) => /dist\/apps\/([\w-]+)\//.exec(command)?.[1] ?? []);
    },
  },
  {
    name: `${FILE}, replicas with their port`,
    read: (services) =>
      filterNames(services, (service) =>
        toReplicas(service).every(
          (host) => getContainers(FILE)[host]?.environment?.['PORT'] === service.port,
        ),
      ),
  },
  {
    name: `${FILE}, addresses for callers`,
    read: (services) =>
      filterNames(services, (service) =>
        everyCaller(services, service, (host) => hasUrls(getContainers(FILE)[host], service)),
      ),
  },
  {
    name: `${FILE}, stores`,
    read: (services) =>
      filterNames(services, ({ stores, ...service }) =>
        toReplicas({ ...service, stores }).every((host) => {
          const { environment = {}, volumes = [] } = getContainers(FILE)[host] ?? {};
          return (
            'DATABASE_URL' in environment === stores.includes('database') &&
            'REDIS_URL' in environment === stores.includes('redis') &&
            volumes.includes(`${host}:/data`) === stores.includes('files') &&
            volumeNames.includes(host) === stores.includes('files')
          );
        }),
      ),
  },
  {
    name: `${REGIONS}, addresses for callers`,
    read: (services) =>
      filterNames(services, (service) =>
        everyCaller(services, service, (host) => hasUrls(getContainers(REGIONS)[host], service)),
      ),
  },
  {
    name: `${REGIONS}, the public service in the south`,
    read: (services) =>
      filterNames(
        services,
        (service) => !service.public || `${service.name}-south` in getContainers(REGIONS),
      ),
  },
  {
    name: `${LINKS}, databases and Redis`,
    read: (services) =>
      filterNames(services, (service) =>
        toReplicas(service).every((host) => {
          const { environment = {}, depends_on: needs = {} } = getContainers(LINKS)[host] ?? {};
          const variables = [
            ...(service.stores.includes('database') ? ['DATABASE_URL'] : []),
            ...(service.stores.includes('redis') ? ['REDIS_URL'] : []),
          ];
          return variables.every(
            (variable) => String(environment[variable]).includes('links') && 'links' in needs,
          );
        }),
      ),
  },
  {
    name: `${STORES}, optional stores`,
    read: (services) =>
      filterNames(services, (service) =>
        toReplicas(service).every((host) => {
          const { environment = {}, depends_on: needs = {} } = getContainers(STORES)[host] ?? {};
          const hosts = Object.values(environment).map((url) => new URL(String(url)).hostname);
          return (
            hosts.join() === service.optionalStores.join() &&
            service.optionalStores.every((store) => store in needs && store in getContainers(STORES))
          );
        }),
      ),
  },
];
