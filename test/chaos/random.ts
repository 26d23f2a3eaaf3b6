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

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state, more than enough for a test. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
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
