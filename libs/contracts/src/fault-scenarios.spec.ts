import { describe, expect, it } from 'vitest';
import { fault, selectFaults, takesPart } from '@film-store/fault-injection';
import { faultScenarios, scenarioNames } from './fault-scenarios.ts';
import { platformServices } from './platform-services.ts';

describe('the fault scenarios', () => {
  it('have a name, a title and a sentence about their effect', () => {
    for (const name of scenarioNames) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(faultScenarios[name].title).toMatch(/^[A-Z].+[a-z]$/);
      expect(faultScenarios[name].expect).toMatch(/^[A-Z].+\.$/);
      expect(JSON.stringify(faultScenarios[name])).not.toContain('undefined');
    }
  });

  it.each([...new Set(Object.values(platformServices).flatMap(({ calls }) => Object.keys(calls)))])(
    'contain the failures of %s, which another service calls',
    (name) => {
      expect(scenarioNames).toEqual(expect.arrayContaining([`${name}-down`, `${name}-slow`, `${name}-hang`]));
    },
  );

  it('have at least one valid fault, if they consist of faults', () => {
    for (const name of scenarioNames.filter((name) => faultScenarios[name].by === 'faults')) {
      const faults = Object.keys(platformServices).flatMap((service) =>
        selectFaults(faultScenarios[name], service),
      );
      expect(faults.length).toBeGreaterThan(0);
      for (const each of faults) expect(fault.parse(each)).toEqual(each);
    }
  });

  it('affect only their services', () => {
    expect(takesPart(faultScenarios['catalog-slow'], 'catalog')).toBe(true);
    expect(takesPart(faultScenarios['catalog-slow'], 'gateway')).toBe(false);
    for (const name of scenarioNames.filter((each) => faultScenarios[each].by !== 'faults'))
      expect(takesPart(faultScenarios[name], 'gateway')).toBe(false);
  });
});
