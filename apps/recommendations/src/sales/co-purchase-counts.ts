/**
 * Each line of an order is paired with this many lines before it and after it. An order of up to nine lines has all its
 * pairs; above, the pairs grow with the lines and not with their square. A pair in a long order also says less.
 */
const NEIGHBORS = 4;

/** Separates the two films in a key. Film numbers are lower, and a key stays below 2^53. */
const MAX_FILMS = 2 ** 26;

/** Counts films that were bought together, in both directions. */
export class CoPurchaseCounts {
  readonly #orders = new Map<number, number>();

  /** Adds an order. Lines are a ring, so each line has equally many neighbors. */
  add(films: readonly number[]): void {
    for (const [line, film] of films.entries()) {
      for (const other of findNeighbors(films, line)) {
        if (other === film) continue;
        const key = film * MAX_FILMS + other;
        this.#orders.set(key, (this.#orders.get(key) ?? 0) + 1);
      }
    }
  }

  /** Returns the counts ordered by film and other film, which is the order of the table. */
  toRows(): [film: number, other: number, orders: number][] {
    const keys = Float64Array.from(this.#orders.keys()).toSorted();
    return Array.from(keys, (key) => [Math.floor(key / MAX_FILMS), key % MAX_FILMS, this.#orders.get(key)!]);
  }

  /** Returns the films that have counts. */
  films(): number[] {
    return [...new Set(Array.from(this.#orders.keys(), (key) => Math.floor(key / MAX_FILMS)))];
  }
}

function findNeighbors(films: readonly number[], line: number): readonly number[] {
  if (films.length <= 2 * NEIGHBORS + 1) return films;
  const before = Array.from({ length: NEIGHBORS }, (_, step) => films.at(line - step - 1)!);
  const after = Array.from({ length: NEIGHBORS }, (_, step) => films[(line + step + 1) % films.length]!);
  return [...before, ...after];
}
