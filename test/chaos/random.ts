import { seeded as toNumbers } from '@film-store/core';

/** Repeatable randomness: the same seed draws the same values. */
export interface Random {
  /** From 0 up to 1, exclusive. */
  next(): number;
  /** From `low` up to `high`, exclusive. */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  /** @throws RangeError if the list is empty */
  pick<T>(from: readonly T[]): T;
  /** Returns an independent source: the number of draws of one part does not change the draws of another. */
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
