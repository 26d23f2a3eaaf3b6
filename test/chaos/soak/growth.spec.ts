import { describe, expect, it } from 'vitest';
import { measureGrowth, median, offBy, toRelativeGrowth } from './growth.ts';

/** One sample after each twentieth of 1000 requests. */
const samples = (values: readonly number[]) =>
  values.map((value, nth) => ({ requests: 50 * (nth + 1), value }));

describe('the growth of a run', () => {
  it('is zero if the end equals the value after the first tenth', () => {
    const growth = measureGrowth(samples([10, 40, 40, ...Array<number>(17).fill(40)]), 1000);
    expect(growth).toEqual({ baseline: 40, end: 40 });
    expect([toRelativeGrowth(growth!), offBy(growth!)]).toEqual([0, 0]);
  });

  it('is found if each request leaks a little', () => {
    const growth = measureGrowth(samples(Array.from({ length: 20 }, (_, nth) => 40 + nth)), 1000);
    expect(growth).toEqual({ baseline: 41, end: 58 });
    expect(toRelativeGrowth(growth!)).toBeCloseTo(0.4146);
  });

  it('is not decided by one outlier, early or late', () => {
    const values = [40, 400, 40, ...Array<number>(16).fill(40), 400];
    expect(measureGrowth(samples(values), 1000)).toEqual({ baseline: 40, end: 40 });
  });

  it('compares samples near the end of the first tenth, some requests late or not, with those of the last tenth', () => {
    const value = 1;
    const outside = [39, 161, 899].map((requests) => ({ requests, value }));
    const inside = [40, 160, 900, 1001].map((requests, nth) => ({ requests, value: 2 + nth }));
    expect(measureGrowth([...outside, ...inside], 1000)).toEqual({ baseline: 2.5, end: 4.5 });
    expect(measureGrowth([...outside, { requests: 100, value }], 1000)).toBeUndefined();
    expect(measureGrowth([...outside, { requests: 1000, value }], 1000)).toBeUndefined();
  });

  it('counts lost handles like leaked ones', () => {
    expect(offBy({ baseline: 12, end: 15 })).toBe(3);
    expect(offBy({ baseline: 15, end: 12 })).toBe(3);
    expect(toRelativeGrowth({ baseline: 40, end: 38 })).toBeCloseTo(-0.05);
  });

  it('the median of an even number is the mean of the middle two, and of none there is none', () => {
    expect(median([9, 1, 5, 3])).toBe(4);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([])).toBeNaN();
  });
});
