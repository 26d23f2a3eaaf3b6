import { z } from 'zod';
import { type FeaturedProducts, type Product, product } from '@film-store/contracts';
import { type Degradable, type LastKnownGood, type Source, firstAvailable } from '@film-store/degradation';

/** Greatest age of popular films from the last-known-good store, in milliseconds: 24 hours. */
export const POPULAR_MAX_STALE_MS = 24 * 3_600_000;
const KEY = 'popular';
const films = z.array(product);
const NO_FILMS: { readonly name: 'none'; readonly value: Product[] } = { name: 'none', value: [] };

/** An upstream that lists popular films, most popular first. */
export interface PopularSource {
  popular(limit: number): Promise<Product[]>;
}

/** Finds popular films in the best source that is available. */
export class PopularFilms {
  /** @param sources best source first */
  constructor(
    private readonly sources: readonly [PopularSource, ...PopularSource[]],
    private readonly lastKnownGood: LastKnownGood,
  ) {}

  find(limit: number): Promise<Degradable<Product[], FeaturedProducts['source']>> {
    const [best] = this.sources;
    return firstAvailable<Product[], FeaturedProducts['source']>(
      [
        { name: 'popular', read: async () => ({ value: await this.#readFresh(best, limit) }) },
        ...this.fallbacks(limit),
      ],
      NO_FILMS,
    );
  }

  /** Returns the sources that remain without the best one: the films that it listed last, then the other upstreams. */
  fallbacks(limit: number): Source<Product[], 'popular'>[] {
    const [, ...others] = this.sources;
    return [
      { name: 'popular', read: () => this.lastKnownGood.read(KEY, films, POPULAR_MAX_STALE_MS) },
      ...others.map((source): Source<Product[], 'popular'> => ({
        name: 'popular',
        read: async () => ({ value: await source.popular(limit) }),
      })),
    ];
  }

  async #readFresh(best: PopularSource, limit: number): Promise<Product[]> {
    const popular = await best.popular(limit);
    this.lastKnownGood.set(KEY, popular);
    return popular;
  }
}
