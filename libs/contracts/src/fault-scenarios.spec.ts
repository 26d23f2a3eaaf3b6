import { describe, expect, it } from 'vitest';
import { fault, selectFaults, takesPart } from '@film-store/fault-injection';
import { faultScenarios, scenarioNames } from './fault-scenarios.ts';

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
      'garbage-responses',
    ]);
    for (const name of scenarioNames) expect(faultScenarios[name].expect).toMatch(/^[A-Z].+\.$/);
  });

  it('holds valid faults alone, at least one for each scenario of faults', () => {
    for (const name of scenarioNames.filter((name) => faultScenarios[name].by === 'faults')) {
      const shares = ['gateway', 'catalog', 'recommendations'].flatMap((service) =>
        selectFaults(faultScenarios[name], service),
      );
      expect(shares.length).toBeGreaterThan(0);
      for (const share of shares) expect(fault.parse(share)).toEqual(share);
    }
  });

  it('tells who takes part', () => {
    expect(takesPart(faultScenarios['catalog-slow'], 'catalog')).toBe(true);
    expect(takesPart(faultScenarios['catalog-slow'], 'gateway')).toBe(false);
    expect(takesPart(faultScenarios['instance-killed'], 'recommendations')).toBe(true);
    expect(takesPart(faultScenarios['telemetry-down'], 'gateway')).toBe(false);
  });
});
