import { describe, expect, it } from 'vitest';
import { CoPurchaseCounts } from './co-purchase-counts.ts';

const countPairs = (lines: number): number => {
  const counts = new CoPurchaseCounts();
  counts.add(Array.from({ length: lines }, (_, index) => index + 1));
  return counts.toRows().length;
};

describe('CoPurchaseCounts', () => {
  it('counts each pair of films in both directions, in the order of the films', () => {
    const counts = new CoPurchaseCounts();
    counts.add([9, 2]);
    counts.add([2, 9, 30]);
    expect(counts.toRows()).toEqual([
      [2, 9, 2],
      [2, 30, 1],
      [9, 2, 2],
      [9, 30, 1],
      [30, 2, 1],
      [30, 9, 1],
    ]);
    expect(counts.films()).toEqual([9, 2, 30]);
  });

  it('counts all pairs of nine lines, and eight per line above', () => {
    expect(countPairs(9)).toBe(9 * 8);
    expect(countPairs(10)).toBe(10 * 8);
    expect(countPairs(50)).toBe(50 * 8);
  });

  it('counts pairs of a long order in both directions', () => {
    const counts = new CoPurchaseCounts();
    counts.add(Array.from({ length: 50 }, (_, index) => index + 1));
    const pairs = new Set(counts.toRows().map(([film, other]) => `${film} ${other}`));
    for (const [film, other] of counts.toRows()) expect(pairs.has(`${other} ${film}`)).toBe(true);
  });
});
