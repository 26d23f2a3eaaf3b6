import { describe, expect, it } from 'vitest';
import { SystemGraph } from './system-graph.js';

type Snapshot = Parameters<SystemGraph['add']>[0];

/** Creates the part of a snapshot that the graph reads. */
const createSnapshot = (services: string[], ...calls: [from: string, to: string][]) =>
  ({
    services: services.map((name) => ({ name })),
    edges: calls.map(([from, to]) => ({ from, to })),
  }) as Snapshot;

describe('SystemGraph', () => {
  it('takes a call to a name that is no service for a store', () => {
    const graph = new SystemGraph();
    graph.add(createSnapshot(['gateway', 'catalog'], ['gateway', 'catalog'], ['catalog', 'database']));
    expect(graph.toGraph()).toEqual({
      services: ['gateway', 'catalog'],
      calls: [{ from: 'gateway', to: 'catalog' }],
      stores: [{ from: 'catalog', to: 'database' }],
    });
  });

  it('keeps the calls of a service that is down', () => {
    const graph = new SystemGraph();
    graph.add(createSnapshot(['gateway', 'catalog'], ['gateway', 'catalog'], ['catalog', 'database']));
    const before = graph.toGraph();
    expect(graph.add(createSnapshot(['gateway', 'catalog'], ['gateway', 'catalog']))).toBe(false);
    expect(graph.toGraph()).toEqual(before);
  });

  it('adds a caller that is not among the services', () => {
    const graph = new SystemGraph();
    expect(graph.add(createSnapshot(['gateway'], ['jobs', 'gateway']))).toBe(true);
    expect(graph.toGraph().services).toEqual(['gateway', 'jobs']);
  });

  it('ignores a call to the caller itself', () => {
    const graph = new SystemGraph();
    graph.add(createSnapshot(['gateway'], ['gateway', 'gateway']));
    expect(graph.toGraph()).toEqual({ services: ['gateway'], calls: [], stores: [] });
  });
});
