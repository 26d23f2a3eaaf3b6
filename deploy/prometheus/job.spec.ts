import { expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { rules } from './rules.ts';

const JOB = `job="${platform.name}"`;

const named = rules.map(({ record, alert, expr }) => ({ name: record ?? alert, expr }));

it.each(named)('$name reads no series of another platform at the same Prometheus: $expr', ({ expr }) => {
  const selectors = Array.from(expr.matchAll(/\{[^}]*\}/g), ([selector]) => selector);
  expect(selectors.filter((selector) => !selector.includes(JOB))).toEqual([]);
  expect(selectors.length > 0 || expr.startsWith('vector(')).toBe(true);
});

it('gives the job to every recorded series that has no other source of labels', () => {
  const without = rules.filter(
    ({ record = '', labels }) =>
      /^slo:(?:budget$|bad|total)/.test(record) && labels?.['job'] !== platform.name,
  );
  expect(without).toEqual([]);
});
