import { describe, expect, it } from 'vitest';
import { firstGoodSecond, peakPerSecond, perSecond, percentileCurve } from './series.ts';

it('times are counted by second, from the start to the end', () => {
  expect(perSecond([99, 100, 1099, 1100, 2500, 3100], 100, 3100)).toEqual([
    [0, 2],
    [1, 1],
    [2, 1],
  ]);
});

describe('the peak', () => {
  it('is the maximum within any one second, wherever it begins', () => {
    expect(peakPerSecond([0, 900, 1000, 1100, 1899, 5000])).toBe(4);
  });

  it('does not count times that are a whole second apart', () => {
    expect(peakPerSecond([0, 1000])).toBe(1);
    expect(peakPerSecond([0, 999])).toBe(2);
  });

  it('of nothing is 0', () => {
    expect(peakPerSecond([])).toBe(0);
  });
});

describe('the first good second', () => {
  const every100Ms = (goodFrom: number) =>
    Array.from({ length: 41 }, (_, index) => ({ at: index * 100, good: index * 100 >= goodFrom }));

  it('begins when all events are good', () => {
    expect(firstGoodSecond(every100Ms(1500), 0, 1)).toBe(1500);
  });

  it('allows as many bad events as the fraction permits', () => {
    expect(firstGoodSecond(every100Ms(1500), 0, 0.9)).toBe(1400);
    expect(firstGoodSecond(every100Ms(1500), 0, 0.91)).toBe(1500);
  });

  it('does not begin before the given time', () => {
    expect(firstGoodSecond(every100Ms(0), 1250, 1)).toBe(1300);
  });

  it('ends before the last event', () => {
    expect(firstGoodSecond(every100Ms(3000), 0, 1)).toBe(3000);
    expect(firstGoodSecond(every100Ms(3100), 0, 1)).toBeUndefined();
  });
});

it('a curve contains the fraction of values up to each value', () => {
  const curve = percentileCurve(Array.from({ length: 1000 }, (_, index) => 1000 - index));
  expect(curve).toContainEqual([50, 500]);
  expect(curve).toContainEqual([99.5, 995]);
  expect(curve.at(-1)).toEqual([100, 1000]);
});
