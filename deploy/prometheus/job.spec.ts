import { expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { runbookQueries } from '../runbooks/queries.ts';
import { findOtherJobs } from './other-jobs.ts';
import { rules } from './rules.ts';

const JOB = `job="${platform.name}"`;

const named = rules.map(({ record, alert, expr }) => ({ name: record ?? alert, expr }));

it.each(named)('$name reads no series of another platform at the same Prometheus: $expr', ({ expr }) => {
  const selectors = Array.from(expr.matchAll(/\{[^}]*\}/g), ([selector]) => selector);
  expect(selectors.filter((selector) => !selector.includes(JOB))).toEqual([]);
  expect(selectors.length > 0 || expr.startsWith('vector(')).toBe(true);
});

it.each(runbookQueries)('$file reads no series of another platform: $expr', ({ expr }) => {
  expect(findOtherJobs(expr, platform.name)).toEqual([]);
});

it.each([
  ['sum by (service) (rate(requests_total[5m]))', ['requests_total']],
  ['up == 0', ['up']],
  ['up{service="gateway"} / on (service) limit_total{job="mine"}', ['{service="gateway"}']],
  ['histogram_quantile(0.99, sum by (le) (rate(duration_bucket{job="mine", le!="1"}[5m])))', []],
])('finds in %s what reads series of other jobs', (expr, others) => {
  expect(findOtherJobs(expr, 'mine')).toEqual(others);
});

it('gives the job to every recorded series that has no other source of labels', () => {
  const without = rules.filter(
    ({ record = '', labels }) =>
      /^slo:(?:budget$|bad|total)/.test(record) && labels?.['job'] !== platform.name,
  );
  expect(without).toEqual([]);
});
