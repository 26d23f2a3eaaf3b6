import type { OrderFeedEntry } from '@film-store/contracts';

interface FilmSales {
  units: number;
  orders: number;
  /** In how many orders each other film stands beside this one. */
  together: Map<string, number>;
}

/** Past this many films beside one, only the half that stands there most often is kept: memory is bounded. */
const MAX_CO_PURCHASES = 256;

/** Orders at which a co-purchase is believed by half: once may be chance. */
const ORDERS_FOR_HALF_WEIGHT = 3;

/** Counts sold units, and films that were sold together, by product id. */
export class Sales {
  readonly #films = new Map<string, FilmSales>();

  /** Counts one order. Counting it twice counts it double: callers see to it that none comes twice. */
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
   * How strongly each film is bought together with the given one, 0 to 1: the cosine of the two films' orders, which
   * keeps best-sellers from standing beside everything, weighted with the number of orders behind it.
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
