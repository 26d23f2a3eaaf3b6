import { Injectable } from '@nestjs/common';
import type { ProductIndex, ProductListQuery, ProductPage } from '#libs/contracts';
import { degradationsOf } from '#libs/degradation';
import { Flags, booleanFlag, flagDegradations } from '#libs/flags';
import { PicksService } from '../picks/picks.service.ts';
import { toPicks } from '../picks/to-picks.ts';
import { CatalogClient } from '../upstreams/catalog.client.ts';

const RECOMMENDED = 6;

/** Off where nobody can say: popular films are always right, and what was switched off in an incident stays off. */
export const personalised = booleanFlag('recommendations.personalised', {
  default: false,
  description: 'A product page shows films that go with it; off, popular films instead.',
});

@Injectable()
export class ProductsService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly picks: PicksService,
    private readonly flags: Flags,
  ) {}

  async list(query: ProductListQuery): Promise<ProductIndex> {
    const { items, nextCursor } = await this.catalog.products(query);
    return { items, nextCursor, asOf: new Date().toISOString(), stale: false, degraded: [] };
  }

  /** @throws Problem `not-found` */
  async page(id: string): Promise<ProductPage> {
    const personal = await this.flags.boolean(personalised, { targetingKey: id });
    const [{ product, availability }, recommendations] = await Promise.all([
      this.catalog.product(id),
      this.picks.personalised(id, RECOMMENDED, personal.value),
    ]);
    return {
      product,
      availability: { ...availability, stale: false },
      recommendations: toPicks(recommendations),
      degraded: [...flagDegradations(personal), ...degradationsOf('recommendations', recommendations)],
    };
  }
}
