import { expect, it } from 'vitest';
import type { Measured } from './benchmark.ts';
import { formatFigure, isReached } from './figure.ts';

it.each<[Measured['unit'], number, string]>([
  ['ratio', 0.376, '0.38'],
  ['share', 0.9987, '99.87 %'],
  ['count', 12, '12'],
  ['ms', 1.234, '1.23 ms'],
  ['µs', 12.34, '12.3 µs'],
  ['MiB', 145.6, '146 MiB'],
])('formats a value in %s of %d as %s', (unit, value, shown) => {
  expect(formatFigure({ unit, value })).toBe(shown);
});

it.each<[string, Measured['unit'], number, boolean | undefined]>([
  ['≤ 0.4', 'ratio', 0.4, true],
  ['≤ 0.4', 'ratio', 0.401, false],
  ['≥ 95 %', 'share', 0.95, true],
  ['≥ 95 %', 'share', 0.949, false],
  ['≤ 150 MiB', 'MiB', 151, false],
  ['≤ 0.3 ×', 'ratio', 0.2, true],
  ['≤ 5 s', 'ms', 6000, undefined],
  ['≤ current open interval + 6 s', 's', 7, undefined],
])('the goal "%s", in %s, is reached by %d: %s', (goal, unit, value, reached) => {
  expect(isReached({ name: 'it', unit, value, goal })).toBe(reached);
});

it('without a goal a figure is neither reached nor missed', () => {
  expect(isReached({ name: 'it', unit: 'ms', value: 1 })).toBeUndefined();
});
