import { expect, it } from 'vitest';
import type { Cell } from '../bench/ablation/cell.ts';
import { renderWorthChart } from './worth-chart.ts';

const cell = (subject: string, lost: number): Cell => ({
  fault: 'flaky',
  subject,
  round: 1,
  figures: { lost, incomplete: lost, p99Ms: 10, ordersLost: 0, ordersDoubled: 0, calls: 1, recoveryS: 0 },
});
const cells = [
  cell('on-1', 0),
  cell('on-2', 0),
  cell('retry', 0.5),
  cell('degradation', 1),
  cell('hedge', 0),
];
const prices = [
  { name: 'retry: CPU per call', unit: 'µs', value: 0.5 },
  { name: 'degradation: CPU per page', unit: 'µs', value: 0 },
  { name: 'hedge: CPU per call', unit: 'µs', value: 2 },
] as const;

it('draws what a defense saves at the CPU time of all calls of a page', () => {
  expect(renderWorthChart(cells, prices, 2)).toContain('  "retry": [0.67, 0.50]\n');
});

it('keeps points without a cost, or with the whole effect, inside the chart', () => {
  expect(renderWorthChart(cells, prices, 2)).toContain('  "degradation": [0.04, 0.96]\n');
});

it('names the defenses that save nothing, and draws no defense without a price', () => {
  const chart = renderWorthChart(cells, prices, 2);
  expect(chart).toMatch(/No page and no order was saved by: hedge\.$/);
  expect(chart).not.toContain('breaker');
});
