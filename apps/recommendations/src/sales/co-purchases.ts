/** An order of up to this many lines has all its pairs. */
const MAX_FULL_LINES = 9;
/**
 * Lines of a longer order, times the lines before each that it is paired with. So a longer order has about as many pairs as one
 * of `MAX_FULL_LINES`. A pair in a long order also says less.
 */
const MAX_PAIRS = (MAX_FULL_LINES * (MAX_FULL_LINES - 1)) / 2;

/** A pair of films is one number, `film * PAIR_BASE + other`, so that it is cheap to sort. It is below 2^53. */
export const PAIR_BASE = 2 ** 26;

/**
 * Returns the pairs of films that the orders have in common, in both directions and in ascending order.
 * @param orders the film numbers of each order
 */
export function findCoPurchases(orders: readonly (readonly number[])[]): Float64Array {
  const pairs: number[] = [];
  for (const films of orders) {
    for (const [line, film] of films.entries()) {
      for (const other of findNeighbors(films, line)) {
        if (other !== film) pairs.push(film * PAIR_BASE + other);
      }
    }
  }
  return Float64Array.from(pairs).toSorted();
}

/** Returns the films of the lines around a line. The lines are a ring, so each line has equally many neighbors. */
function findNeighbors(films: readonly number[], line: number): readonly number[] {
  if (films.length <= MAX_FULL_LINES) return films;
  const length = Math.max(1, Math.floor(MAX_PAIRS / films.length));
  const before = Array.from({ length }, (_, step) => films.at(line - step - 1)!);
  const after = Array.from({ length }, (_, step) => films[(line + step + 1) % films.length]!);
  return [...before, ...after];
}
