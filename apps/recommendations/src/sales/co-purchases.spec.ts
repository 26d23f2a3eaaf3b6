import { describe, expect, it } from 'vitest';
import { PAIR_BASE, findCoPurchases } from './co-purchases.ts';

const findPairs = (...orders: number[][]) =>
  Array.from(findCoPurchases(orders), (pair) => [Math.floor(pair / PAIR_BASE), pair % PAIR_BASE]);

const createOrder = (lines: number) => Array.from({ length: lines }, (_, index) => index + 1);

describe('findCoPurchases', () => {
  it('returns each pair of films in both directions, in ascending order', () => {
    expect(findPairs([9, 2], [2, 9, 30])).toEqual([
      [2, 9],
      [2, 9],
      [2, 30],
      [9, 2],
      [9, 2],
      [9, 30],
      [30, 2],
      [30, 9],
    ]);
  });

  it('returns all pairs of nine lines, and about as many of more lines', () => {
    expect(findPairs(createOrder(9))).toHaveLength(9 * 8);
    expect(findPairs(createOrder(10))).toHaveLength(10 * 6);
    expect(findPairs(createOrder(18))).toHaveLength(18 * 4);
    expect(findPairs(createOrder(50))).toHaveLength(50 * 2);
  });

  it('returns pairs of a long order in both directions', () => {
    const pairs = new Set(findPairs(createOrder(50)).map(([film, other]) => `${film} ${other}`));
    for (const [film, other] of findPairs(createOrder(50))) expect(pairs.has(`${other} ${film}`)).toBe(true);
  });

  it('keeps the numbers of films up to the base', () => {
    expect(findPairs([PAIR_BASE - 1, PAIR_BASE - 2])).toEqual([
      [PAIR_BASE - 2, PAIR_BASE - 1],
      [PAIR_BASE - 1, PAIR_BASE - 2],
    ]);
  });
});
