import type { Platform } from '../../define-platform.ts';
import { type NamedService, inStartOrder, toReplicas } from '../../derived.ts';

type Condition = 'service_completed_successfully' | 'service_healthy' | 'service_started';
/** The containers that start before another one, with the state that each must reach. */
export type StartConditions = Readonly<Record<string, Condition>>;

/**
 * Waits for the servers that a service needs, and for one healthy replica of each called service. The public service also names
 * the other containers, so that `up` with its name starts all services.
 */
export function findStartConditions(platform: Platform, service: NamedService): StartConditions {
  const called = findCalledBefore(platform, service).map((each) => toReplicas(each)[0]!);
  const others = service.public ? findOtherHosts(platform, service) : [];
  return {
    ...findServerConditions(service),
    ...toConditions(called, 'service_healthy'),
    ...toConditions(
      others.filter((host) => !called.includes(host)),
      'service_started',
    ),
  };
}

export const findServerConditions = ({ stores }: NamedService): StartConditions => ({
  setup: 'service_completed_successfully',
  ...(stores.includes('database') && { databases: 'service_completed_successfully' }),
  ...(stores.includes('redis') && { redis: 'service_healthy' }),
});

export const toConditions = (hosts: readonly string[], condition: Condition): StartConditions =>
  Object.fromEntries(hosts.map((host) => [host, condition]));

/**
 * Returns the called services that start before their caller. Compose rejects a cycle, so of two services that call each other,
 * one does not wait for the other.
 */
export function findCalledBefore(platform: Platform, { name, calls }: NamedService): NamedService[] {
  const order = inStartOrder(platform);
  const own = order.findIndex((service) => service.name === name);
  return order.slice(0, own).filter((service) => service.name in calls);
}

/** Returns the containers of the other services, except for those that wait for the public one. */
function findOtherHosts(platform: Platform, { name }: NamedService): string[] {
  const waits = (service: NamedService): boolean =>
    findCalledBefore(platform, service).some((called) => called.name === name || waits(called));
  return inStartOrder(platform)
    .filter((service) => service.name !== name && !waits(service))
    .flatMap(toReplicas);
}
