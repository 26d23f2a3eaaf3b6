import type { Call, Platform, ServiceEntry } from './define-platform.ts';

/** A service of the manifest with its name. */
export interface NamedService extends ServiceEntry {
  readonly name: string;
}

export const toServices = ({ services }: Platform): NamedService[] =>
  Object.entries(services).map(([name, service]) => Object.assign({ name }, service));

/** Returns the services in the order of their ports, for lists that people read. */
export const byPort = (platform: Platform): NamedService[] =>
  toServices(platform).toSorted((a, b) => a.port - b.port);

/**
 * Returns the services so that each comes after those that it calls. In a cycle of calls, a critical call keeps this order and a
 * degradable one may not.
 */
export function inStartOrder(platform: Platform): NamedService[] {
  const ordered: NamedService[] = [];
  const visited = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const service = platform.services[name];
    if (!service || visited.has(name)) return;
    visited.add(name);
    const waiting = [...path, name];
    for (const called of findCalled(service, 'critical')) visit(called, waiting);
    for (const called of findCalled(service, 'degradable')) {
      const needed = findNeeded(platform, called);
      if (!waiting.some((each) => needed.has(each))) visit(called, waiting);
    }
    ordered.push({ name, ...service });
  };
  for (const { name } of toServices(platform)) visit(name, []);
  return ordered;
}

const findCalled = ({ calls }: ServiceEntry, kind: Call): string[] =>
  Object.keys(calls).filter((called) => calls[called] === kind);

/** Returns a service and all that it needs by critical calls, directly or not. */
function findNeeded(platform: Platform, name: string, needed = new Set<string>()): Set<string> {
  const service = platform.services[name];
  if (!service || needed.has(name)) return needed;
  needed.add(name);
  for (const called of findCalled(service, 'critical')) findNeeded(platform, called, needed);
  return needed;
}

/** @throws Error if no service is public, which a checked platform excludes */
export function publicService(platform: Platform): NamedService {
  const service = toServices(platform).find((each) => each.public);
  if (!service) throw new Error('no service is public');
  return service;
}

/** Returns the services that call `name`, with the kind of their call. */
export const findCallers = (platform: Platform, name: string): { name: string; kind: Call }[] =>
  toServices(platform).flatMap(({ name: caller, calls }) => {
    const kind = calls[name];
    return kind ? [{ name: caller, kind }] : [];
  });

/** Returns the port of an address, also if the address leaves it to the protocol. */
export function toPort(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Returns the host names of a service in Compose: `catalog-1`, `catalog-2`; only the name for one replica. */
export function toReplicas({ name, public: isPublic, replicas = isPublic ? 1 : 2 }: NamedService): string[] {
  return replicas === 1 ? [name] : Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`);
}

/** Returns the resident memory of one process under load, in MiB. */
export const toMemoryMiB = ({ public: isPublic, memoryMiB = isPublic ? 192 : 160 }: NamedService): number =>
  memoryMiB;

/** Returns the names of the public service and of those that its responses need: every chain of critical calls from it. */
export const findCriticalServices = (platform: Platform): ReadonlySet<string> =>
  findNeeded(platform, publicService(platform).name);

/** Returns the name in environment variables, which a shell can export: `film-reviews` → `FILM_REVIEWS`. */
export const toEnvName = (name: string): string => name.replaceAll('-', '_').toUpperCase();

/** `film-reviews` → `filmReviews` */
export const toCamelCase = (name: string): string =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** `film-reviews` → `FilmReviews` */
export const toPascalCase = (name: string): string => toCamelCase(`-${name}`);

/** `film-reviews` → `Film reviews` */
export const toTitle = (name: string): string =>
  name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());

/** Quotes a property name that is no identifier. */
export const quote = (name: string): string => (name.includes('-') ? `'${name}'` : name);
