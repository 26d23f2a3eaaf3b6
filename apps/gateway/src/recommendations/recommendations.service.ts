import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Product, product, type RecommendedProducts } from '@film-store/contracts';
import {
  type Degradable,
  type CachedValue,
  type LastKnownGood,
  firstAvailable,
} from '@film-store/degradation';
import { CatalogClient } from '../catalog/catalog.client.ts';
import { LAST_KNOWN_GOOD } from '../last-known-good/last-known-good.module.ts';
import { PersonalizedFlag } from './personalized.flag.ts';
import { RecommendationsClient } from './recommendations.client.ts';

type Source = RecommendedProducts['source'];
type DegradableProducts = Degradable<Product[], Source>;

/** Greatest age of popular films from the last-known-good store, in milliseconds: 24 hours. */
export const POPULAR_MAX_STALE_MS = 24 * 3_600_000;
const POPULAR = 'popular';
const popularFilms = z.array(product);
/** Sources that can replace the best recommendations. */
export const FALLBACKS = ['popular', 'none'] as const satisfies readonly Source[];
const NO_RECOMMENDATIONS: { name: 'none'; value: Product[] } = { name: 'none', value: [] };

/** Recommends films from the best available source. */
@Injectable()
export class RecommendationsService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly recommendations: RecommendationsClient,
    @Inject(LAST_KNOWN_GOOD) private readonly lastKnownGood: LastKnownGood,
    // #region part: flags
    private readonly personalizedFlag: PersonalizedFlag,
    // #endregion part: flags
  ) {}

  /** Returns films similar to a product, or popular films as a fallback, without the product itself. */
  personalized(productId: string, limit: number): Promise<DegradableProducts> {
    const others = (films: Product[]): Product[] =>
      films.filter((film) => film.id !== productId).slice(0, limit);
    return firstAvailable<Product[], Source>(
      [
        {
          name: 'personalized',
          read: async () => {
            // #region part: flags
            await this.personalizedFlag.assertEnabled(productId);
            // #endregion part: flags
            return { value: await this.recommendations.forProduct(productId, limit) };
          },
        },
        {
          name: 'popular',
          read: async () => {
            const known = await this.#lastKnownPopular();
            return known && { ...known, value: others(known.value) };
          },
        },
        { name: 'popular', read: async () => ({ value: others(await this.catalog.popular(limit + 1)) }) },
      ],
      NO_RECOMMENDATIONS,
    );
  }

  popular(limit: number): Promise<DegradableProducts> {
    return firstAvailable<Product[], Source>(
      [
        { name: 'popular', read: async () => ({ value: await this.#freshPopular(limit) }) },
        { name: 'popular', read: () => this.#lastKnownPopular() },
        { name: 'popular', read: async () => ({ value: await this.catalog.popular(limit) }) },
      ],
      NO_RECOMMENDATIONS,
    );
  }

  async #freshPopular(limit: number): Promise<Product[]> {
    const films = await this.recommendations.popular(limit);
    this.lastKnownGood.set(POPULAR, films);
    return films;
  }

  #lastKnownPopular(): Promise<CachedValue<Product[]> | undefined> {
    return this.lastKnownGood.read(POPULAR, popularFilms, POPULAR_MAX_STALE_MS);
  }
}
