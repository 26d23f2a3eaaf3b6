/** A service of the platform. Its name is its key. */
export interface PlatformService {
  /** Clients call it directly. Exactly one service is public. */
  readonly public: boolean;
  readonly stores: readonly ('database' | 'redis' | 'files')[];
  /** `critical`: a response needs the called service. `degradable`: a response without it is complete enough, and says so. */
  readonly calls: Readonly<Record<string, 'critical' | 'degradable'>>;
}

export type ServiceGraph = Readonly<Record<string, PlatformService>>;

/** Returns the services that some service calls, in the order of the graph. */
export const findCalled = (services: ServiceGraph): string[] =>
  Object.keys(services).filter((name) => findCallers(services, name).length > 0);

/** Returns the services that call `name`. */
export const findCallers = (services: ServiceGraph, name: string): string[] =>
  Object.keys(services).filter((caller) => services[caller]?.calls[name] !== undefined);

/** Returns the services that keep their data in a store. */
export const findUsers = (services: ServiceGraph, store: PlatformService['stores'][number]): string[] =>
  Object.keys(services).filter((name) => services[name]?.stores.includes(store));

/** @throws Error if no service is public */
export function findPublic(services: ServiceGraph): string {
  const found = Object.keys(services).find((name) => services[name]?.public);
  if (found === undefined) throw new Error('no service is public');
  return found;
}

/** Returns whether a chain of critical calls leads from the public service to `name`, so that clients notice its failure. */
export function isCriticalForClients(services: ServiceGraph, name: string): boolean {
  const reached = new Set([findPublic(services)]);
  // A set returns what is added while it is iterated.
  for (const each of reached) {
    for (const [called, kind] of Object.entries(services[each]?.calls ?? {}))
      if (kind === 'critical') reached.add(called);
  }
  return reached.has(name);
}
