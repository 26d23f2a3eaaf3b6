/** Records which films were ordered, and when. A time is the number of calls of `add` so far. */
export class OrderedFilms {
  #now = 0;
  #lastOrdered = new Uint32Array(1024);

  get now(): number {
    return this.#now;
  }

  /** @param films numbers of the films in the newly counted orders */
  add(films: Uint32Array): void {
    this.#now += 1;
    for (const film of films) {
      if (film >= this.#lastOrdered.length) this.#grow(film);
      this.#lastOrdered[film] = this.#now;
    }
  }

  /** Returns whether one of the films was ordered after `since`. */
  hasAny(films: Uint32Array, since: number): boolean {
    return films.some((film) => (this.#lastOrdered[film] ?? 0) > since);
  }

  #grow(film: number): void {
    const larger = new Uint32Array(Math.ceil(1.5 * film) + 1);
    larger.set(this.#lastOrdered);
    this.#lastOrdered = larger;
  }
}
