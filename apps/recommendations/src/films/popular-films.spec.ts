import { describe, expect, it } from 'vitest';
import { MAX_RECOMMENDATIONS } from '@film-store/contracts';
import { type Random, seeded } from '@film-store/core';
import { createDatabase } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { entry } from '../../test/orders.ts';
import type { Database } from '../database/database.ts';
import { addOrders, clearOrders } from '../sales/sales.repository.ts';
import { removeOtherFilms, storeFilms } from './films.repository.ts';
import { findMostPopular } from './popular-films.ts';

const AS_OF = '2026-01-01T00:00:00.000Z';

const sell = (database: Database, seq: number, productId: string, quantity: number) =>
  addOrders(database, [{ ...entry(seq, []), items: [{ productId, quantity }] }]);

describe('findMostPopular', () => {
  const films = [
    film('a', { imdb: { rating: 5, votes: 4000 } }),
    film('d'),
    film('c', { imdb: { rating: 9, votes: 2500 } }),
    film('b'),
  ];

  it('ranks by votes without sales, and equal films by id', () => {
    expect([...findMostPopular(createDatabase(films), 4)]).toEqual([1, 3, 4, 2]);
  });

  it('counts a sold unit as a thousand votes', () => {
    const database = createDatabase(films);
    sell(database, 1, 'c', 1);
    expect([...findMostPopular(database, 2)]).toEqual([1, 3]);
    sell(database, 2, 'c', 1);
    expect([...findMostPopular(database, 2)]).toEqual([3, 1]);
    sell(database, 3, 'd', 5);
    expect([...findMostPopular(database, 2)]).toEqual([2, 3]);
  });
});

const FILMS = 800;

/** Makes random changes of a store, and ranks its films by the definition of popularity. */
class RandomStore {
  readonly database = createDatabase();
  readonly #random: Random;
  readonly #votes = new Map<string, number | null>();
  readonly #units = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  #seq = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  change(): void {
    const kind = this.#pick(40);
    if (kind === 0) this.#clearOrders();
    else if (kind === 1) this.#keep(() => this.#pick(20) === 0);
    else if (kind < 5) this.#keep(() => this.#pick(20) > 0);
    else if (kind < 15) this.#storeFilms();
    else this.#order();
  }

  rank(): number[] {
    const popularity = (id: string) => (this.#votes.get(id) ?? 0) + 1000 * (this.#units.get(id) ?? 0);
    return [...this.#votes.keys()]
      .toSorted((a, b) => popularity(b) - popularity(a) || (a < b ? -1 : 1))
      .map((id) => this.#numbers.get(id)!);
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #pickFilm(): string {
    return `film-${this.#pick(FILMS)}`;
  }

  /** With few different votes, so that many films are equal. */
  #storeFilms(): void {
    const films = Array.from({ length: this.#pick(500) }, () => {
      const votes = this.#pick(3) === 0 ? null : 1000 * this.#pick(5);
      return film(this.#pickFilm(), { imdb: { rating: null, votes } });
    });
    const { numbers } = storeFilms(this.database, films);
    for (const [index, { id, imdb }] of films.entries()) {
      this.#votes.set(id, imdb.votes);
      this.#numbers.set(id, numbers[index]!);
    }
  }

  /** Films that no read has found may be in it. */
  #order(): void {
    const lines = Array.from(
      { length: 1 + this.#pick(50) },
      () => [this.#pickFilm(), 1 + this.#pick(3)] as const,
    );
    const items = Array.from(new Map(lines), ([productId, quantity]) => ({ productId, quantity }));
    this.#seq += 1;
    addOrders(this.database, [{ ...entry(this.#seq, []), items }]);
    for (const { productId, quantity } of items)
      this.#units.set(productId, (this.#units.get(productId) ?? 0) + quantity);
  }

  #keep(isKept: () => boolean): void {
    const found = new Uint8Array(FILMS);
    for (const id of this.#votes.keys()) {
      const number = this.#numbers.get(id)!;
      if (isKept()) found[number >> 3]! |= 1 << (number & 7);
      else this.#votes.delete(id);
    }
    removeOtherFilms(this.database, found, AS_OF);
  }

  #clearOrders(): void {
    clearOrders(this.database);
    this.#units.clear();
    this.#seq = 0;
  }
}

describe('the list of the most popular films', () => {
  it.each([1, 2, 3])('is exact after each of many random changes (seed %i)', (seed) => {
    const store = new RandomStore(seed);
    for (let step = 0; step < 100; step++) {
      store.change();
      const films = findMostPopular(store.database, MAX_RECOMMENDATIONS);
      expect([...films], `step ${step}`).toEqual(store.rank().slice(0, MAX_RECOMMENDATIONS));
    }
  });
});
