import { seeded as toNumbers } from '@film-store/core';

/** Chance that repeats itself: the same seed draws the same. */
export interface Random {
  /** From 0 up to, but not, 1. */
  next(): number;
  /** From `low` up to, but not, `high`. */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  /** @throws RangeError where there is nothing to choose from */
  pick<T>(from: readonly T[]): T;
  /** Another that draws on its own, so that how often one part draws does not change what another draws. */
  fork(): Random;
}

export function seeded(seed: number): Random {
  const next = toNumbers(seed);
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    chance: (share) => next() < share,
    pick(from) {
      const index = Math.floor(next() * from.length);
      if (index >= from.length) throw new RangeError('nothing to choose from');
      return from[index]!;
    },
    fork: () => seeded(Math.floor(next() * 2 ** 32)),
  };
}
