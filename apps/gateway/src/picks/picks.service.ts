import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Picks, type Product, product } from '#libs/contracts';
import { type Degradable, type LastKnownGood, SwitchedOff, firstAvailable } from '#libs/degradation';
import { CatalogClient } from '../upstreams/catalog.client.ts';
import { RecommendationsClient } from '../upstreams/recommendations.client.ts';

/** Injects the last good answers of upstreams. */
export const LAST_KNOWN_GOOD = Symbol('last known good');

type DegradablePicks = Degradable<Product[], Picks['source']>;

const POPULAR = 'popular';
const popularFilms = z.array(product);
const NONE: { name: 'none'; value: Product[] } = { name: 'none', value: [] };

/** Films to show on a page; when the best pick cannot be had, the next best. */
@Injectable()
export class PicksService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly recommendations: RecommendationsClient,
    @Inject(LAST_KNOWN_GOOD) private readonly lastKnownGood: LastKnownGood,
  ) {}

  /** Films that go with a product; else, or where that is not `wanted`, popular ones; never the product itself. */
  personalised(productId: string, limit: number, wanted: boolean): Promise<DegradablePicks> {
    const others = (films: Product[] | undefined): Product[] | undefined =>
      films?.filter((film) => film.id !== productId).slice(0, limit);
    return firstAvailable<Product[], Picks['source']>(
      [
        { name: 'personalised', read: () => this.picksFor(productId, limit, wanted) },
        { name: 'popular', read: async () => others(await this.lastKnownPopular()) },
        { name: 'popular', read: async () => others(await this.catalogPopular(limit + 1)) },
      ],
      NONE,
    );
  }

  popular(limit: number): Promise<DegradablePicks> {
    return firstAvailable<Product[], Picks['source']>(
      [
        { name: 'popular', read: () => this.freshPopular(limit) },
        { name: 'popular', read: () => this.lastKnownPopular() },
        { name: 'popular', read: () => this.catalogPopular(limit) },
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
    await this.lastKnownGood.keep(POPULAR, films);
    return films;
  }

  private lastKnownPopular(): Promise<Product[] | undefined> {
    return this.lastKnownGood.read(POPULAR, popularFilms);
  }

  /** Catalog lists the most popular films first. */
  private async catalogPopular(limit: number): Promise<Product[]> {
    return (await this.catalog.products({ limit })).items;
  }
}
