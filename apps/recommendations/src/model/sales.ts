import type { OrderFeedEntry } from '@film-store/contracts';

interface FilmSales {
  units: number;
  orders: number;
  /** Number of common orders, by the id of the other film. */
  together: Map<string, number>;
}

/** Most co-purchased films per film. Above it, only the more frequent half is kept, which bounds memory. */
const MAX_CO_PURCHASES = 256;

/** Common orders at which a co-purchase has half of its weight. Limits the effect of chance. */
const ORDERS_FOR_HALF_WEIGHT = 3;

/** Counts sold units, and films that were sold together, by product id. */
export class Sales {
  readonly #films = new Map<string, FilmSales>();

  /** Adds one order. Callers must add each order only once. */
  add({ items }: Pick<OrderFeedEntry, 'items'>): void {
    for (const { productId, quantity } of items) {
      const film = this.#film(productId);
      film.units += quantity;
      film.orders += 1;
      for (const other of items) {
        if (other.productId === productId) continue;
        film.together.set(other.productId, (film.together.get(other.productId) ?? 0) + 1);
      }
      if (film.together.size > MAX_CO_PURCHASES)
        film.together = keepMostFrequent(film.together, MAX_CO_PURCHASES / 2);
    }
  }

  units(productId: string): number {
    return this.#films.get(productId)?.units ?? 0;
  }

  /**
   * Returns the strength of co-purchases by film id, from 0 to 1: the cosine of the two films' orders, which discounts
   * best-sellers, weighted by the number of common orders.
   */
  coPurchases(productId: string): Map<string, number> {
    const film = this.#films.get(productId);
    if (!film) return new Map();
    return new Map(
      [...film.together].map(([otherId, together]) => {
        const cosine = together / Math.sqrt(film.orders * this.#film(otherId).orders);
        return [otherId, (cosine * together) / (together + ORDERS_FOR_HALF_WEIGHT)];
      }),
    );
  }

  #film(productId: string): FilmSales {
    const known = this.#films.get(productId);
    if (known) return known;
    const film = { units: 0, orders: 0, together: new Map<string, number>() };
    this.#films.set(productId, film);
    return film;
  }
}

const keepMostFrequent = (counts: ReadonlyMap<string, number>, keep: number): Map<string, number> =>
  new Map([...counts].toSorted(([, a], [, b]) => b - a).slice(0, keep));
