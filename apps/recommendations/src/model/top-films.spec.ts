import { describe, expect, it } from 'vitest';
import { TopFilms } from './top-films.ts';

function findTop(scores: readonly number[], count: number, order = scores.map((_, film) => film)): number[] {
  const top = new TopFilms(Uint32Array.from(order), count);
  for (const [film, score] of scores.entries()) top.add(film, score);
  return [...top.toFilms()];
}

describe('TopFilms', () => {
  it('returns the films with the highest scores, best first', () => {
    expect(findTop([1, 5, 3, 4, 2], 3)).toEqual([1, 3, 2]);
  });

  it('puts equal scores in the given order', () => {
    expect(findTop([1, 2, 2, 1, 2], 4)).toEqual([1, 2, 4, 0]);
    expect(findTop([1, 2, 2, 1, 2], 4, [4, 3, 2, 1, 0])).toEqual([4, 2, 1, 3]);
  });

  it('returns all films when there are fewer than `count`', () => {
    expect(findTop([1, 2], 3)).toEqual([1, 0]);
  });

  it('needs a score only when it is full', () => {
    const top = new TopFilms(Uint32Array.of(0, 1, 2), 2);
    top.add(0, 5);
    expect(top.minScore).toBe(Number.NEGATIVE_INFINITY);
    top.add(1, 3);
    expect(top.minScore).toBe(3);
    top.add(2, 4);
    expect(top.minScore).toBe(4);
  });
});
