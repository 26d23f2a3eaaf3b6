import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type RecommendedProducts, type Product, product } from '@film-store/contracts';
import {
  type Degradable,
  type Known,
  type LastKnownGood,
  SwitchedOff,
  firstAvailable,
} from '@film-store/degradation';
import { HOUR_MS, LAST_KNOWN_GOOD } from '../last-known-good/last-known-good.module.ts';
import { CatalogClient } from '../catalog/catalog.client.ts';
import { RecommendationsClient } from './recommendations.client.ts';

type DegradableProducts = Degradable<Product[], RecommendedProducts['source']>;

/** How old popular films may be, in milliseconds, when there are no new ones. */
export const POPULAR_MAX_STALE_MS = 24 * HOUR_MS;
const POPULAR = 'popular';
const popularFilms = z.array(product);
/** What may stand in for the best pick. */
export const FALLBACKS = ['popular', 'none'] as const satisfies readonly RecommendedProducts['source'][];
const NONE: { name: 'none'; value: Product[] } = { name: 'none', value: [] };

/** Films to show on a page; when the best pick cannot be had, the next best. */
@Injectable()
export class RecommendationsService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly recommendations: RecommendationsClient,
    @Inject(LAST_KNOWN_GOOD) private readonly lastKnownGood: LastKnownGood,
  ) {}

  /** Films that go with a product; else, or where that is not `wanted`, popular ones; never the product itself. */
  personalised(productId: string, limit: number, wanted: boolean): Promise<DegradableProducts> {
    const others = (films: Product[]): Product[] =>
      films.filter((film) => film.id !== productId).slice(0, limit);
    return firstAvailable<Product[], RecommendedProducts['source']>(
      [
        {
          name: 'personalised',
          read: async () => ({ value: await this.picksFor(productId, limit, wanted) }),
        },
        {
          name: 'popular',
          read: async () => {
            const known = await this.lastKnownPopular();
            return known && { ...known, value: others(known.value) };
          },
        },
        { name: 'popular', read: async () => ({ value: others(await this.catalog.popular(limit + 1)) }) },
      ],
      NONE,
    );
  }

  popular(limit: number): Promise<DegradableProducts> {
    return firstAvailable<Product[], RecommendedProducts['source']>(
      [
        { name: 'popular', read: async () => ({ value: await this.freshPopular(limit) }) },
        { name: 'popular', read: () => this.lastKnownPopular() },
        { name: 'popular', read: async () => ({ value: await this.catalog.popular(limit) }) },
      ],
      NONE,
    );
  }

  private async picksFor(productId: string, limit: number, wanted: boolean): Promise<Product[]> {
    if (!wanted) throw new SwitchedOff();
    return this.recommendations.forProduct(productId, limit);
  }

  private async freshPopular(limit: number): Promise<Product[]> {
    const films = await this.recommendations.popular(limit);
    this.lastKnownGood.keep(POPULAR, films);
    return films;
  }

  private lastKnownPopular(): Promise<Known<Product[]> | undefined> {
    return this.lastKnownGood.read(POPULAR, popularFilms, POPULAR_MAX_STALE_MS);
  }
}
