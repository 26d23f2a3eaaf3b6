import { describe, expect, it } from 'vitest';
import { findTop } from './top.ts';

describe('top', () => {
  it('names the positions of the highest scores, best first', () => {
    expect(findTop(Float64Array.of(1, 5, 3, 4, 2), 3)).toEqual([1, 3, 2]);
  });

  it('keeps equal scores in order of position', () => {
    expect(findTop(Float64Array.of(1, 2, 2, 1, 2), 4)).toEqual([1, 2, 4, 0]);
  });

  it('names all where there are fewer than asked for', () => {
    expect(findTop(Float64Array.of(1, 2), 3)).toEqual([1, 0]);
  });
});
