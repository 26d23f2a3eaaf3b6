import { describe, expect, it } from 'vitest';
import { type Changes, shop } from '../../test/shop.ts';
import type { InstanceSnapshot } from './poll-instances.ts';
import { toSnapshot } from './to-snapshot.ts';

const at = (seconds: number, ...services: InstanceSnapshot[]) => ({ at: seconds * 1000, services });
const rates = (before: Changes, after: Changes, seconds = 1) =>
  toSnapshot(at(0, shop(before)), at(seconds, shop(after)));

describe('a snapshot', () => {
  it('has no rates after the first sample', () => {
    const { edges, responsesPerSecond } = toSnapshot(undefined, at(0, shop({})));
    expect(edges).toMatchObject([{ from: 'shop', to: 'films', perSecond: null, errorRate: null }]);
    expect(responsesPerSecond).toBeNull();
  });

  it('computes rates from the increase since the previous sample', () => {
    const { edges } = rates(
      { calls: { success: 10, failure: 2, ignored: 0, rejected: 5 } },
      { calls: { success: 20, failure: 7, ignored: 5, rejected: 6 } },
      2,
    );
    expect(edges).toMatchObject([{ perSecond: 10, errorRate: 0.25, rejectedPerSecond: 0.5 }]);
  });

  it('has no error rate without calls', () => {
    expect(rates({}, {}).edges).toMatchObject([{ perSecond: 0, errorRate: null }]);
  });

  it('counts from 0 after a restart of the service', () => {
    const { edges, responsesPerSecond } = rates(
      { calls: { success: 1000, failure: 0, ignored: 0, rejected: 0 }, good: 900 },
      { calls: { success: 3, failure: 1, ignored: 0, rejected: 0 }, good: 4 },
    );
    expect(edges).toMatchObject([{ perSecond: 4, errorRate: 0.25 }]);
    expect(responsesPerSecond).toMatchObject({ good: 4 });
  });

  it('reports shed requests by priority, and responses by outcome', () => {
    const { services, responsesPerSecond } = rates({ good: 1 }, { good: 4, degraded: 2, failed: 1, shed: 6 });
    expect(services[0]?.loadShedding?.shedPerSecond).toEqual({ critical: 0, normal: 0, sheddable: 6 });
    expect(responsesPerSecond).toEqual({ good: 3, degraded: 2, failed: 1, shed: 6 });
  });

  it('shows a service that does not respond as unreachable, without edges', () => {
    const { services, edges } = toSnapshot(
      undefined,
      at(0, shop({}), { name: 'films', reason: 'unreachable' }),
    );
    expect(services[1]).toMatchObject({
      name: 'films',
      status: 'unreachable',
      reason: 'unreachable',
      rssMiB: null,
    });
    expect(edges.map(({ from }) => from)).toEqual(['shop']);
  });
});
