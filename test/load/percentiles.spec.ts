import { expect, it } from 'vitest';
import { percentile } from './percentiles.ts';

it.each([
  [0.5, 20],
  [0.51, 30],
  [0.75, 30],
  [1, 40],
  [0.001, 10],
])('the percentile %d of 10, 20, 30 and 40 is %d', (share, value) => {
  expect(percentile([10, 20, 30, 40], share)).toBe(value);
});

it('of no values is NaN', () => {
  expect(percentile([], 0.5)).toBeNaN();
});
