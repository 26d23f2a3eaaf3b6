import { describe, expect, it } from 'vitest';
import { fault, selectFaults, takesPart } from '@film-store/fault-injection';
import { faultScenarios, scenarioNames } from './fault-scenarios.ts';

describe('the fault scenarios', () => {
  it('have these names, and a sentence about their effect', () => {
    expect(scenarioNames).toEqual([
      'recommendations-down',
      'recommendations-slow',
      'catalog-down',
      'catalog-slow',
      'catalog-flaky',
      'catalog-hang',
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
    ]);
    for (const name of scenarioNames) expect(faultScenarios[name].expect).toMatch(/^[A-Z].+\.$/);
  });

  it('have at least one valid fault, if they consist of faults', () => {
    for (const name of scenarioNames.filter((name) => faultScenarios[name].by === 'faults')) {
      const faults = ['gateway', 'catalog', 'recommendations'].flatMap((service) =>
        selectFaults(faultScenarios[name], service),
      );
      expect(faults.length).toBeGreaterThan(0);
      for (const each of faults) expect(fault.parse(each)).toEqual(each);
    }
  });

  it('affect only their services', () => {
    expect(takesPart(faultScenarios['catalog-slow'], 'catalog')).toBe(true);
    expect(takesPart(faultScenarios['catalog-slow'], 'gateway')).toBe(false);
    expect(takesPart(faultScenarios['instance-killed'], 'recommendations')).toBe(true);
    expect(takesPart(faultScenarios['telemetry-down'], 'gateway')).toBe(false);
  });
});
