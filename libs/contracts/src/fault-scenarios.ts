import type { Scenario } from '@film-store/fault-injection';

const INBOUND = 'inbound';

/** Resets the connections of a service to its upstreams, as if these were down. */
const resetConnections = (...points: readonly string[]) =>
  points.map((point) => ({ point, kind: 'reset' as const }));

const scenarios = {
  'recommendations-down': {
    title: 'Recommendations are down',
    expect: 'Product pages show popular films instead of personalized ones, and mark them as degraded.',
    by: 'faults',
    faults: { gateway: resetConnections('recommendations') },
  },
  'recommendations-slow': {
    title: 'Recommendations are slow',
    expect:
      'Product pages take most of a second and show popular films. When the breaker opens, they are fast again.',
    by: 'faults',
    faults: { recommendations: [{ point: INBOUND, kind: 'delay', ms: 1500, jitterMs: 500 }] },
  },
  'catalog-down': {
    title: 'Catalog is down',
    expect:
      'Pages seen before still load from the last-known-good cache and carry their age. Other pages and orders fail with a problem.',
    by: 'faults',
    faults: { gateway: resetConnections('catalog'), recommendations: resetConnections('catalog') },
  },
  'catalog-slow': {
    title: 'Catalog is slow',
    expect:
      'Pages are complete but slow. Under load, pages of the first second come from the last-known-good cache, until the timeout adapts.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'delay', ms: 250, jitterMs: 100 }] },
  },
  'catalog-flaky': {
    title: 'Catalog fails now and then',
    expect: 'One in five responses of catalog is an error. Pages stay complete while the retry budget lasts.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'status', status: 500, probability: 0.2 }] },
  },
  'catalog-hang': {
    title: 'Catalog hangs',
    expect:
      'The first pages take most of a second and come from the last-known-good cache. When the breaker opens, they are fast.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'hang' }] },
  },
  'redis-down': {
    title: 'Redis is down',
    expect:
      'Pages and orders continue, an order sent twice is still placed once, and health reports degraded.',
    by: 'faults',
    faults: { gateway: resetConnections('redis') },
  },
  'database-down': {
    title: 'The database is down',
    expect: 'Catalog is not ready. Pages seen before still load, and orders are rejected with 503.',
    by: 'faults',
    faults: { catalog: resetConnections('database') },
  },
  // #region part: flags
  'flags-down': {
    title: 'Feature flags are unreachable',
    expect: 'Every flag has its default: popular films, orders accepted. Responses are marked as degraded.',
    by: 'faults',
    faults: { gateway: resetConnections('flags') },
  },
  // #endregion part: flags
  'telemetry-down': {
    title: 'The telemetry receiver is down',
    expect: 'Responses stay complete and fast. Only dashboards miss data.',
    by: 'network',
  },
  overload: {
    title: 'Catalog is overloaded',
    expect:
      'Pages that exceed their timeout come from the last-known-good cache. Under load catalog sheds requests; orders survive longest.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'delay', ms: 400, jitterMs: 300 }] },
  },
  'region-down': {
    title: 'The preferred region is down',
    expect: 'With a second region, calls go there at once. Without one, all upstreams are unreachable.',
    by: 'faults',
    faults: {
      gateway: ['catalog', 'recommendations'].map((point) => ({
        point,
        kind: 'reset',
        match: { priority: 0 },
      })),
    },
  },
  'instance-killed': {
    title: 'Recommendations are killed',
    expect:
      'Product pages show popular films for some seconds, until the supervisor has restarted the service.',
    by: 'kill',
    service: 'recommendations',
  },
  'garbage-responses': {
    title: 'Upstreams send garbage',
    expect:
      'No garbage reaches a client: pages come from the last-known-good cache, without recommendations, and are marked as degraded.',
    by: 'faults',
    faults: {
      catalog: [{ point: INBOUND, kind: 'garbage' }],
      recommendations: [{ point: INBOUND, kind: 'garbage' }],
    },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const scenarioNames = Object.keys(scenarios) as ScenarioName[];

export const faultScenarios: Readonly<Record<ScenarioName, Scenario>> = scenarios;
