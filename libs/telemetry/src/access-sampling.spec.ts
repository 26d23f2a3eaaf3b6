import { expect, it } from 'vitest';
import { createAccessSampling } from './access-sampling.ts';

const linesIn = (sample: (now: number) => number, second: number, requests: number): number[] =>
  Array.from({ length: requests }, () => sample(second * 1000)).filter((stands) => stands > 0);

it('writes every line up to 200 a second, and one in two beyond', () => {
  const sample = createAccessSampling();
  expect(linesIn(sample, 0, 200)).toHaveLength(200);
  expect(linesIn(sample, 1, 201)).toHaveLength(201);
  expect(linesIn(sample, 2, 400)).toEqual(Array.from({ length: 200 }, () => 2));
});

it('writes every line again after a second with few, or with none', () => {
  const sample = createAccessSampling();
  linesIn(sample, 0, 2000);
  expect(linesIn(sample, 1, 100)).toHaveLength(10);
  expect(linesIn(sample, 2, 100)).toHaveLength(100);
  linesIn(sample, 3, 2000);
  expect(linesIn(sample, 5, 1)).toEqual([1]);
});
