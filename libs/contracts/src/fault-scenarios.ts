import type { Scenario } from '@film-store/fault-injection';

const INBOUND = 'inbound';

/** Loses every connection that a service makes to something: it is down, as far as that service can tell. */
const away = (...points: readonly string[]) => points.map((point) => ({ point, kind: 'reset' as const }));

const scenarios = {
  'recommendations-down': {
    title: 'Recommendations are down',
    expect: 'Product pages come with popular films instead of personalized ones, and say so.',
    by: 'faults',
    faults: { gateway: away('recommendations') },
  },
  'recommendations-slow': {
    title: 'Recommendations are slow',
    expect:
      'Product pages take most of a second and come with popular films, until the breaker opens and they are fast again.',
    by: 'faults',
    faults: { recommendations: [{ point: INBOUND, kind: 'delay', ms: 1500, jitterMs: 500 }] },
  },
  'catalog-down': {
    title: 'Catalog is down',
    expect: 'Pages seen before still come and say how old they are; others, and orders, are problems.',
    by: 'faults',
    faults: { gateway: away('catalog'), recommendations: away('catalog') },
  },
  'catalog-slow': {
    title: 'Catalog is slow',
    expect:
      'Pages are whole, and slow. Under load those of the first second come from what was known before, until the timeout has learned.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'delay', ms: 250, jitterMs: 100 }] },
  },
  'catalog-flaky': {
    title: 'Catalog fails now and then',
    expect:
      'Pages stay whole while the retry budget lasts, though one in five answers of catalog is an error.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'status', status: 500, probability: 0.2 }] },
  },
  'catalog-hang': {
    title: 'Catalog hangs',
    expect:
      'The first pages take most of a second and come from what was known before, then the breaker makes them fast.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'hang' }] },
  },
  'redis-down': {
    title: 'Redis is down',
    expect: 'Pages and orders go on, an order sent twice is still placed once, and health turns degraded.',
    by: 'faults',
    faults: { gateway: away('redis') },
  },
  'database-down': {
    title: 'The database is down',
    expect: 'Catalog is not ready; pages seen before still come, and orders are refused for now.',
    by: 'faults',
    faults: { catalog: away('database') },
  },
  'flags-down': {
    title: 'Feature flags are gone',
    expect: 'Every flag is at its safe default: popular films, orders accepted, and answers say so.',
    by: 'faults',
    faults: { gateway: away('flags') },
  },
  'telemetry-down': {
    title: 'The receiver of telemetry is down',
    expect: 'Nobody notices but whoever looks at the dashboards: answers are as whole and as fast as before.',
    by: 'network',
  },
  overload: {
    title: 'Catalog is overloaded',
    expect:
      'Pages that catalog is too slow for come from what was known; under load it refuses what it cannot do, orders last.',
    by: 'faults',
    faults: { catalog: [{ point: INBOUND, kind: 'delay', ms: 400, jitterMs: 300 }] },
  },
  'region-down': {
    title: 'The preferred region is down',
    expect:
      'Where there is another region calls go there at once; where there is none all upstreams are gone.',
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
    expect: 'Popular films for some seconds, until the supervisor has started the service again.',
    by: 'kill',
    service: 'recommendations',
  },
  'garbage-responses': {
    title: 'Upstreams answer garbage',
    expect:
      'No garbage gets through: pages come from what was known before, without recommendations, and say so.',
    by: 'faults',
    faults: {
      catalog: [{ point: INBOUND, kind: 'garbage' }],
      recommendations: [{ point: INBOUND, kind: 'garbage' }],
    },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const scenarioNames = Object.keys(scenarios) as ScenarioName[];

/** The scenarios of the store, for the services, the control room, the experiments, the tests and the runbooks. */
export const faultScenarios: Readonly<Record<ScenarioName, Scenario>> = scenarios;
