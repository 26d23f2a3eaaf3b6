import type { Fault, Scenario } from '@film-store/fault-injection';
import {
  findCalled,
  findCallers,
  findPublic,
  findUsers,
  isCriticalForClients,
  type ServiceGraph,
} from './service-graph.ts';

/** A fault without its place. */
type Effect =
  | { readonly kind: 'reset' | 'hang' }
  | { readonly kind: 'delay'; readonly ms: number; readonly jitterMs: number };
type Faults = Record<string, Fault[]>;

const INBOUND = 'inbound';

/**
 * Returns the failures that operators can start from the public service: three for each service that others call, and those of
 * the whole platform. A scenario that affects no service of the graph is left out.
 */
export function createFaultScenarios(services: ServiceGraph): Record<string, Scenario> {
  const called = findCalled(services);
  const serviceScenarios = called
    // The mild ones first.
    .toSorted((a, b) => Number(isCriticalForClients(services, a)) - Number(isCriticalForClients(services, b)))
    .map((name) => createServiceScenarios(services, name));
  const all: Record<string, Scenario> = Object.assign(
    {},
    ...serviceScenarios,
    createPlatformScenarios(services),
  );
  return Object.fromEntries(Object.entries(all).filter(([, scenario]) => affects(scenario, services)));
}

function affects(scenario: Scenario, services: ServiceGraph): boolean {
  switch (scenario.by) {
    case 'faults':
      return Object.entries(scenario.faults).some(([name, faults]) => name in services && faults.length > 0);
    case 'kill':
      return scenario.service in services;
    case 'network':
      return true;
    default:
      return scenario satisfies never;
  }
}

function createServiceScenarios(services: ServiceGraph, name: string): Record<string, Scenario> {
  const label = name.replaceAll('-', ' ');
  const title = toTitle(name);
  const isCritical = isCriticalForClients(services, name);
  const toScenario = (state: string, expect: string, faults: Faults): Scenario => ({
    title: `${title} ${state}`,
    expect,
    by: 'faults',
    faults,
  });
  const incomplete = `Pages take most of a second and load without ${label} or with a substitute. When the breaker opens, they are fast.`;
  return {
    [`${name}-down`]: toScenario(
      'down',
      isCritical
        ? `Pages in the last-known-good cache still load and carry their age. Other requests that need ${label} fail with a problem.`
        : `Pages load without ${label} or with a substitute, and report the degradation.`,
      atCallers(services, name, { kind: 'reset' }),
    ),
    [`${name}-slow`]: toScenario(
      'slow',
      isCritical
        ? 'Pages are complete but slow. Under load, pages of the first second come from the last-known-good cache, until the timeout adapts.'
        : incomplete,
      inside(
        services,
        name,
        isCritical ? { kind: 'delay', ms: 250, jitterMs: 100 } : { kind: 'delay', ms: 1500, jitterMs: 500 },
      ),
    ),
    [`${name}-hang`]: toScenario(
      'hanging',
      isCritical
        ? 'The first pages take most of a second and come from the last-known-good cache. When the breaker opens, they are fast.'
        : incomplete,
      inside(services, name, { kind: 'hang' }),
    ),
  };
}

function createPlatformScenarios(services: ServiceGraph): Record<string, Scenario> {
  const front = findPublic(services);
  const calls = services[front]?.calls ?? {};
  const toKill = Object.keys(calls).find((name) => calls[name] === 'degradable');
  return {
    'catalog-flaky': {
      title: 'Catalog flaky',
      expect:
        'One in five responses of catalog is an error. Pages stay complete while the retry budget lasts.',
      by: 'faults',
      faults: { catalog: [{ point: INBOUND, kind: 'status', status: 500, probability: 0.2 }] },
    },
    'redis-down': {
      title: 'Redis down',
      expect:
        'Pages and orders continue, an order sent twice is still placed once, and health reports degraded.',
      by: 'faults',
      faults: each(findUsers(services, 'redis'), () => [{ point: 'redis', kind: 'reset' }]),
    },
    'database-down': {
      title: 'Database down',
      expect: 'Catalog is not ready. Pages seen before still load, and orders are rejected with 503.',
      by: 'faults',
      faults: each(findUsers(services, 'database'), () => [{ point: 'database', kind: 'reset' }]),
    },
    // #region part: flags
    'flags-down': {
      title: 'Feature flags unreachable',
      expect: 'Every flag has its default value: orders are accepted. Responses are marked as degraded.',
      by: 'faults',
      faults: { [front]: [{ point: 'flags', kind: 'reset' }] },
    },
    // #endregion part: flags
    'telemetry-down': {
      title: 'Telemetry receiver down',
      expect: 'Responses stay complete and fast. Only dashboards miss data.',
      by: 'network',
    },
    overload: {
      title: 'Catalog overloaded',
      expect:
        'Pages that exceed their timeout come from the last-known-good cache. Under load catalog sheds requests; orders survive longest.',
      by: 'faults',
      faults: { catalog: [{ point: INBOUND, kind: 'delay', ms: 400, jitterMs: 300 }] },
    },
    'region-down': {
      title: 'Preferred region down',
      expect: 'With a second region, calls go there at once. Without one, all upstreams are unreachable.',
      by: 'faults',
      faults: {
        [front]: Object.keys(calls).map((point) => ({ point, kind: 'reset', match: { priority: 0 } })),
      },
    },
    ...(toKill !== undefined && {
      'instance-killed': {
        title: `${toTitle(toKill)} killed`,
        expect: `Pages load without ${toKill.replaceAll('-', ' ')} or with a substitute for some seconds, until the supervisor has restarted the service.`,
        by: 'kill',
        service: toKill,
      },
    }),
    'garbage-responses': {
      title: 'Garbage from upstreams',
      expect:
        'No garbage reaches a client: pages come from the last-known-good cache or lack a part, and are marked as degraded.',
      by: 'faults',
      faults: each(Object.keys(calls), () => [{ point: INBOUND, kind: 'garbage' }]),
    },
  };
}

/** Returns the public service and those that it calls: the services whose faults it can start. */
function findInReach(services: ServiceGraph): Set<string> {
  const front = findPublic(services);
  return new Set([front, ...Object.keys(services[front]?.calls ?? {})]);
}

/** Affects the calls to a service, in each caller that the public service reaches. */
function atCallers(services: ServiceGraph, name: string, effect: Effect): Faults {
  const inReach = findInReach(services);
  const callers = findCallers(services, name).filter((caller) => inReach.has(caller));
  return each(callers, () => [{ point: name, ...effect }]);
}

/** Affects the requests in a service, or the calls to it if the public service does not reach it. */
const inside = (services: ServiceGraph, name: string, effect: Effect): Faults =>
  findInReach(services).has(name)
    ? { [name]: [{ point: INBOUND, ...effect }] }
    : atCallers(services, name, effect);

const each = (names: readonly string[], toFaults: () => Fault[]): Faults =>
  Object.fromEntries(names.map((name) => [name, toFaults()]));

const toTitle = (name: string): string =>
  name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
