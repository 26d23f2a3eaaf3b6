import { expect, it } from 'vitest';
import type { Experiment } from './experiment.ts';
import { renderReport } from './report.ts';

it('a report contains the question, the result, and examples where the hypothesis failed', () => {
  const experiment: Experiment = {
    name: 'lamp',
    title: 'Does the lamp burn?',
    expected: 'Yes.',
    prepare: () => Promise.reject(new Error('not here')),
  };
  const finding = { probe: 'lamps', tolerance: { exactly: 1 } };
  const report = renderReport({
    experiment,
    settings: { seed: 7, orders: 10, requests: 0, database: 'pglite' },
    on: { machine: '2 × chip', node: 'v26.10.0', commit: 'abc1234' },
    outcome: {
      verdict: 'refuted',
      before: [{ ...finding, value: 1, holds: true }],
      after: [{ ...finding, value: 0, holds: false, examples: ['the bulb is broken'] }],
      steps: [{ name: 'the storm', atMs: 1500 }],
      figures: { gusts: 3 },
      tables: [{ title: 'Gusts', columns: ['from', 'm/s'], rows: [['west', '20']] }],
      plots: [],
      durationMs: 61_000,
    },
  });
  expect(report.split('\n').filter(Boolean)).toEqual([
    '# Does the lamp burn?',
    '**refuted**',
    'Expected: Yes.',
    'Seed 7, pglite; 61.0 s; 2 × chip, Node v26.10.0, commit abc1234.',
    '| steady state | tolerated | before | after |     |',
    '| ------------ | --------- | ------ | ----- | --- |',
    '| lamps        | = 1       | 1      | 0     | ✗   |',
    'lamps:',
    '- the bulb is broken',
    '## Gusts',
    '| from | m/s |',
    '| ---- | --- |',
    '| west | 20  |',
    '| figure | value |',
    '| ------ | ----- |',
    '| gusts  | 3     |',
    '| s   | step      |',
    '| --- | --------- |',
    '| 1.5 | the storm |',
  ]);
});
