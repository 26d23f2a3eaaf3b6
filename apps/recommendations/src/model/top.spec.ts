import { describe, expect, it } from 'vitest';
import { findTop } from './top.ts';

describe('findTop', () => {
  it('returns the positions of the highest scores, best first', () => {
    expect(findTop(Float64Array.of(1, 5, 3, 4, 2), 3)).toEqual([1, 3, 2]);
  });

  it('keeps the order of equal scores', () => {
    expect(findTop(Float64Array.of(1, 2, 2, 1, 2), 4)).toEqual([1, 2, 4, 0]);
  });

  it('returns all positions when there are fewer scores than `count`', () => {
    expect(findTop(Float64Array.of(1, 2), 3)).toEqual([1, 0]);
  });
});
