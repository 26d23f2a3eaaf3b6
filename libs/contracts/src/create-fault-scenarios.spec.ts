import { describe, expect, it } from 'vitest';
import { createFaultScenarios } from './create-fault-scenarios.ts';
import type { ServiceGraph } from './service-graph.ts';

const catalog = { public: false, stores: ['database'], calls: {} } as const;
const gateway = { public: true, stores: ['redis'] } as const;
const films: ServiceGraph = {
  catalog,
  offers: { public: false, stores: ['files'], calls: { catalog: 'degradable' } },
  gateway: { ...gateway, calls: { catalog: 'critical', offers: 'degradable' } },
};
const alwaysPresent = [
  'catalog-flaky',
  'redis-down',
  'database-down',
  // #region part: flags
  'flags-down',
  // #endregion part: flags
  'telemetry-down',
  'overload',
  'region-down',
  'instance-killed',
  'garbage-responses',
];
const find = (graph: ServiceGraph, name: string) => createFaultScenarios(graph)[name];

describe('the scenarios of a platform', () => {
  it('are three for each called service, the mild ones first, and those of the platform', () => {
    expect(Object.keys(createFaultScenarios(films))).toEqual([
      'offers-down',
      'offers-slow',
      'offers-hang',
      'catalog-down',
      'catalog-slow',
      'catalog-hang',
      ...alwaysPresent,
    ]);
  });

  it('reset the connections of every caller of a service that is down', () => {
    expect(find(films, 'catalog-down')).toMatchObject({
      title: 'Catalog down',
      faults: {
        gateway: [{ point: 'catalog', kind: 'reset' }],
        offers: [{ point: 'catalog', kind: 'reset' }],
      },
    });
  });

  it('delay a service that pages can do without longer than one that they need', () => {
    expect(find(films, 'offers-slow')).toMatchObject({
      faults: { offers: [{ point: 'inbound', kind: 'delay', ms: 1500, jitterMs: 500 }] },
    });
    expect(find(films, 'catalog-slow')).toMatchObject({
      faults: { catalog: [{ point: 'inbound', kind: 'delay', ms: 250, jitterMs: 100 }] },
    });
  });

  it('kill the first service that pages can do without', () => {
    expect(find(films, 'instance-killed')).toMatchObject({ by: 'kill', service: 'offers' });
  });
});

describe('the scenarios of a platform with another service', () => {
  const reviewed: ServiceGraph = {
    ...films,
    'film-reviews': { public: false, stores: [], calls: {} },
    gateway: { ...gateway, calls: { ...films['gateway']!.calls, 'film-reviews': 'degradable' } },
  };

  it('contain its failures, in words', () => {
    const { title, expect: effect } = find(reviewed, 'film-reviews-down')!;
    expect(title).toBe('Film reviews down');
    expect(effect).toBe('Pages load without film reviews or with a substitute, and report the degradation.');
    expect(find(reviewed, 'garbage-responses')).toMatchObject({
      faults: { 'film-reviews': [{ point: 'inbound', kind: 'garbage' }] },
    });
    expect(find(reviewed, 'region-down')).toMatchObject({
      faults: { gateway: [{}, {}, { point: 'film-reviews', match: { priority: 0 } }] },
    });
  });

  it('affect the calls of a service that the public one does not call', () => {
    const { gateway: _, ...others } = reviewed;
    const graph: ServiceGraph = {
      ...others,
      offers: { ...reviewed['offers']!, calls: { 'film-reviews': 'critical' } },
      gateway: films['gateway']!,
    };
    expect(find(graph, 'film-reviews-hang')).toMatchObject({
      faults: { offers: [{ point: 'film-reviews', kind: 'hang' }] },
    });
  });

  it('leave out failures that the public service cannot start', () => {
    const graph: ServiceGraph = {
      ...films,
      reviews: { public: false, stores: [], calls: { authors: 'critical' } },
      authors: { public: false, stores: [], calls: {} },
    };
    expect(Object.keys(createFaultScenarios(graph)).filter((name) => name.startsWith('authors'))).toEqual([]);
  });
});

describe('the scenarios of a smaller platform', () => {
  it('name only its services', () => {
    const graph: ServiceGraph = { catalog, gateway: { ...gateway, calls: { catalog: 'critical' } } };
    const scenarios = createFaultScenarios(graph);
    expect(Object.keys(scenarios)).toEqual([
      'catalog-down',
      'catalog-slow',
      'catalog-hang',
      ...alwaysPresent.filter((name) => name !== 'instance-killed'),
    ]);
    expect(JSON.stringify(scenarios)).not.toMatch(/offers|undefined/);
  });

  it('are those of the public service and the network if it is alone', () => {
    expect(Object.keys(createFaultScenarios({ gateway: { ...gateway, calls: {} } }))).toEqual([
      'redis-down',
      // #region part: flags
      'flags-down',
      // #endregion part: flags
      'telemetry-down',
    ]);
  });
});
