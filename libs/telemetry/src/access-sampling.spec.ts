import { expect, it } from 'vitest';
import { createAccessSampling } from './access-sampling.ts';

const countLines = (sample: (now: number) => number, second: number, requests: number): number[] =>
  Array.from({ length: requests }, () => sample(second * 1000)).filter((represented) => represented > 0);

it('logs every request up to 200 per second, and one in two at 400', () => {
  const sample = createAccessSampling();
  expect(countLines(sample, 0, 200)).toHaveLength(200);
  expect(countLines(sample, 1, 201)).toHaveLength(201);
  expect(countLines(sample, 2, 400)).toEqual(Array.from({ length: 200 }, () => 2));
});

it('logs every request again after a second with few requests, or with none', () => {
  const sample = createAccessSampling();
  countLines(sample, 0, 2000);
  expect(countLines(sample, 1, 100)).toHaveLength(10);
  expect(countLines(sample, 2, 100)).toHaveLength(100);
  countLines(sample, 3, 2000);
  expect(countLines(sample, 5, 1)).toEqual([1]);
});

it('logs fewer and fewer lines of a sudden flood, which together represent almost all of its requests', () => {
  const lines = countLines(createAccessSampling(20), 0, 10_000);
  expect(lines).toHaveLength(199);
  expect(lines.reduce((sum, represented) => sum + represented, 0)).toBe(9984);
});
