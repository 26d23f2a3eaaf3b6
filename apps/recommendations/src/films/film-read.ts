import type { FilmPage } from './films.client.ts';
import type { StoredFilms } from './films.repository.ts';

/** Failures of one page after which the read begins again: catalog may not accept the cursor any more. */
const MAX_FAILURES = 5;

/** Progress of a read of all films. It outlives a failed page, so that the read continues there. */
export class FilmRead {
  /** When the read began. */
  readonly asOf: string;
  /** Has a bit for the number of each film that was read. */
  found = new Uint8Array(1024);
  films = 0;
  changed = 0;
  rejected = 0;
  firstError: string | undefined;
  cursor: string | undefined;
  #failures = 0;

  constructor(asOf: string) {
    this.asOf = asOf;
  }

  add(page: FilmPage, { numbers, changed }: StoredFilms): void {
    this.#failures = 0;
    for (const number of numbers) this.#setFound(number);
    this.films += numbers.length;
    this.changed += changed;
    this.rejected += page.rejected;
    this.firstError ??= page.firstError;
    this.cursor = page.nextCursor;
  }

  /** Records that a page failed. Returns whether the read can continue with that page. */
  fail(): boolean {
    this.#failures += 1;
    return this.#failures < MAX_FAILURES;
  }

  #setFound(number: number): void {
    const index = number >> 3;
    if (index >= this.found.length) {
      const larger = new Uint8Array(2 * index);
      larger.set(this.found);
      this.found = larger;
    }
    this.found[index]! |= 1 << (number & 7);
  }
}
