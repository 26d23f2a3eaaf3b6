import { describe, expect, it } from 'vitest';
import { fault } from './fault.ts';
import { faultsOrder } from './report.ts';
import { scenarioNames, scenarioOf, shareOf, takesPart } from './scenarios.ts';

describe('a fault', () => {
  it.each([
    { point: 'films', kind: 'delay', ms: 1 },
    { point: 'films', kind: 'delay', ms: 60_000, jitterMs: 0, probability: 1, seed: 0, ttlMs: 600_000 },
    { point: 'inbound', kind: 'status', status: 503, match: { method: 'POST', path: '/orders' } },
    { point: 'films', kind: 'hang' },
    { point: 'films', kind: 'slow-body', ms: 100 },
  ])('may be %j', (given) => {
    expect(fault.parse(given)).toEqual(given);
  });

  it.each([
    { point: 'films', kind: 'delay' },
    { point: 'films', kind: 'delay', ms: 0 },
    { point: 'films', kind: 'delay', ms: 60_001 },
    { point: 'films', kind: 'status', status: 404 },
    { point: 'films', kind: 'hang', probability: 0 },
    { point: 'films', kind: 'hang', probability: 1.1 },
    { point: 'films', kind: 'hang', ttlMs: 0 },
    { point: 'films', kind: 'hang', ttlMs: 600_001 },
    { point: 'films', kind: 'hang', ms: 5 },
    { point: '', kind: 'hang' },
    { point: 'films', kind: 'fire' },
  ])('is never %j', (given) => {
    expect(fault.safeParse(given).success).toBe(false);
  });
});

describe('an order of faults', () => {
  it('is either a scenario or faults', () => {
    const faults = [{ point: 'films', kind: 'hang' }];
    expect(faultsOrder.safeParse({ scenario: 'catalog-down' }).success).toBe(true);
    expect(faultsOrder.safeParse({ faults }).success).toBe(true);
    expect(faultsOrder.safeParse({}).success).toBe(false);
    expect(faultsOrder.safeParse({ scenario: 'catalog-down', faults }).success).toBe(false);
    expect(faultsOrder.safeParse({ scenario: 'world-down' }).success).toBe(false);
  });
});

describe('the catalogue', () => {
  it('knows these, each with what one sees', () => {
    expect(scenarioNames).toEqual([
      'recommendations-down',
      'recommendations-slow',
      'catalog-down',
      'catalog-slow',
      'catalog-flaky',
      'catalog-hang',
      'redis-down',
      'database-down',
      'flags-down',
      'telemetry-down',
      'overload',
      'region-down',
      'instance-killed',
      'garbage-answers',
    ]);
    for (const name of scenarioNames) expect(scenarioOf(name).expect).toMatch(/^[A-Z].+\.$/);
  });

  it('holds valid faults alone, at least one for each scenario of faults', () => {
    for (const name of scenarioNames.filter((name) => scenarioOf(name).by === 'faults')) {
      const shares = ['gateway', 'catalog', 'recommendations'].flatMap((service) => shareOf(name, service));
      expect(shares.length).toBeGreaterThan(0);
      for (const share of shares) expect(fault.parse(share)).toEqual(share);
    }
  });

  it('tells who takes part', () => {
    expect(takesPart('catalog-slow', 'catalog')).toBe(true);
    expect(takesPart('catalog-slow', 'gateway')).toBe(false);
    expect(takesPart('instance-killed', 'recommendations')).toBe(true);
    expect(takesPart('telemetry-down', 'gateway')).toBe(false);
  });
});
