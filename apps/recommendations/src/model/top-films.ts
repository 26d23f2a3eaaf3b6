/** Keeps the films with the highest scores. Films with equal scores are in the order of `order`, lowest first. */
export class TopFilms {
  readonly #films: number[] = [];
  readonly #scores: number[] = [];
  readonly #order: Uint32Array;
  readonly #count: number;

  /** @param order position of each film among films with equal scores */
  constructor(order: Uint32Array, count: number) {
    this.#order = order;
    this.#count = count;
  }

  /** A film needs at least this score. */
  get minScore(): number {
    return this.#films.length < this.#count ? Number.NEGATIVE_INFINITY : this.#scores.at(-1)!;
  }

  /** Adds a film. Callers must add each film only once. */
  add(film: number, score: number): void {
    if (score < this.minScore) return;
    let position = this.#films.length;
    while (position > 0 && this.#isBetter(film, score, position - 1)) position -= 1;
    if (position === this.#count) return;
    this.#films.splice(position, 0, film);
    this.#scores.splice(position, 0, score);
    if (this.#films.length <= this.#count) return;
    this.#films.pop();
    this.#scores.pop();
  }

  /** Returns the films, best first. */
  toFilms(): Uint32Array {
    return Uint32Array.from(this.#films);
  }

  #isBetter(film: number, score: number, position: number): boolean {
    const other = this.#scores[position]!;
    return score > other || (score === other && this.#order[film]! < this.#order[this.#films[position]!]!);
  }
}
