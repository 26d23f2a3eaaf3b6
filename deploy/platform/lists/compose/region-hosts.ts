import { type NamedService, toReplicas } from '../../derived.ts';

export const REGIONS = ['north', 'south'] as const;
export type Region = (typeof REGIONS)[number];

/**
 * Returns the hosts of a service in one region: the public service has a container in each region, and the replicas of another
 * service are divided. A single replica is in both regions.
 */
export function findHosts(service: NamedService, region: Region): string[] {
  if (service.public) return [region === 'north' ? service.name : `${service.name}-south`];
  const hosts = toReplicas(service);
  const half = Math.ceil(hosts.length / 2);
  if (hosts.length === 1) return hosts;
  return region === 'north' ? hosts.slice(0, half) : hosts.slice(half);
}

/** Returns the addresses of all replicas: `http://catalog-1:3001,http://catalog-2:3001`. */
export const toAddresses = (service: NamedService): string => join(toReplicas(service), service.port);

/** Returns the addresses for callers in one region, whose own region comes first: `http://catalog-1:3001|http://catalog-2:3001`. */
export function toRegionalAddresses(service: NamedService, own: Region): string {
  const inOrder = own === 'north' ? REGIONS : REGIONS.toReversed();
  const groups = inOrder.map((region) => join(findHosts(service, region), service.port));
  return [...new Set(groups)].join('|');
}

const join = (hosts: readonly string[], port: number): string =>
  hosts.map((host) => `http://${host}:${port}`).join(',');
