import { expect, it } from 'vitest';
import { select } from './ablation.ts';
import { defenses, subjects, toGatewayEnv, toUpstreamEnv } from './ablation/defenses.ts';
import { faultNames } from './ablation/faults.ts';

const find = (name: string) => subjects.find((subject) => subject.name === name)!;

it('selects one cell with everything it is compared with', () => {
  const { subjects: chosen, faults, complete } = select('breaker/catalog-hangs');
  expect(chosen.map(({ name }) => name).filter((name) => !name.startsWith('on-'))).toEqual([
    'breaker',
    'off',
    'naive',
  ]);
  expect([faults, complete]).toEqual([['catalog-hangs'], false]);
});

it('selects a pair with both of its defenses', () => {
  const names = select('retry+breaker').subjects.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['on-1', 'retry', 'breaker', 'retry+breaker']));
});

it('selects everything, or all defenses under one fault', () => {
  expect(select()).toEqual({ subjects, faults: faultNames, complete: true });
  expect(select('/overload')).toEqual({ subjects, faults: ['overload'], complete: true });
});

it('names what is known if a defense or a fault does not exist', () => {
  expect(() => select('luck')).toThrow(/^there is no defense luck; known: .*breaker/);
  expect(() => select('/rain')).toThrow(/^there is no fault rain; known: .*overload/);
});

it('a subject has the settings of its removed defenses for every upstream', () => {
  expect(toGatewayEnv(find('on-1'))).toEqual({ ABLATION_OFF: '' });
  expect(toGatewayEnv(find('hedge+breaker'))).toMatchObject({
    UPSTREAM_CATALOG_HEDGE: 'false',
    UPSTREAM_CATALOG_BREAKER_VOLUME: '100000',
  });
  expect(toGatewayEnv(find('off'))['ABLATION_OFF']).toBe('deadline,degradation,priorities');
  expect(toUpstreamEnv(find('load-shedding'))).toEqual({ OVERLOAD_STRATEGY: 'off' });
  expect(toUpstreamEnv(find('on-1'))).toEqual({});
});

it('everything off removes each defense', () => {
  expect(find('off').without).toEqual(defenses.map(({ name }) => name));
});
