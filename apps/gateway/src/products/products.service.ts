import { Injectable } from '@nestjs/common';
import type { ProductIndex, ProductListQuery, ProductPage } from '#libs/contracts';
import { degradationsOf } from '#libs/degradation';
import { PicksService } from '../picks/picks.service.ts';
import { toPicks } from '../picks/to-picks.ts';
import { CatalogClient } from '../upstreams/catalog.client.ts';

const RECOMMENDED = 6;

@Injectable()
export class ProductsService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly picks: PicksService,
  ) {}

  async list(query: ProductListQuery): Promise<ProductIndex> {
    const { items, nextCursor } = await this.catalog.products(query);
    return { items, nextCursor, asOf: new Date().toISOString(), stale: false, degraded: [] };
  }

  /** @throws Problem `not-found` */
  async page(id: string): Promise<ProductPage> {
    const [{ product, availability }, recommendations] = await Promise.all([
      this.catalog.product(id),
      this.picks.personalised(id, RECOMMENDED),
    ]);
    return {
      product,
      availability: { ...availability, stale: false },
      recommendations: toPicks(recommendations),
      degraded: degradationsOf('recommendations', recommendations),
    };
  }
}
