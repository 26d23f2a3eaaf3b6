import { Inject, Injectable } from '@nestjs/common';
import {
  type ProductDetail,
  type ProductIndex,
  type ProductList,
  type ProductListQuery,
  type ProductPage,
  productDetail,
  productList,
} from '@film-store/contracts';
import {
  toDegradations,
  staleIfError,
  type LastKnownGood,
  startDegradedSeries,
} from '@film-store/degradation';
import { Problem } from '@film-store/problem';
import { LAST_KNOWN_GOOD } from '../last-known-good/last-known-good.module.ts';
import { CatalogClient } from '../catalog/catalog.client.ts';
import { PageParts } from './page-parts.ts';

/** Greatest age of a page from the last-known-good store, in milliseconds: 24 hours. */
export const PAGE_MAX_STALE_MS = 24 * 3_600_000;
/** Greatest age of a list, in milliseconds: one hour. */
export const LIST_MAX_STALE_MS = 3_600_000;

@Injectable()
export class ProductsService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly parts: PageParts,
    @Inject(LAST_KNOWN_GOOD) private readonly lastKnownGood: LastKnownGood,
  ) {
    for (const feature of ['products', 'product']) startDegradedSeries(feature, ['last-known-good']);
  }

  async list(query: ProductListQuery): Promise<ProductIndex> {
    const key = toListKey(query);
    const list = await staleIfError(
      () => this.#freshList(query, key),
      async () =>
        key === undefined ? undefined : this.lastKnownGood.read(key, productList, LIST_MAX_STALE_MS),
    );
    const { items, nextCursor, asOf } = list.value;
    return {
      items,
      nextCursor,
      // The time of the data at the replica of catalog's database is before the time of the read.
      asOf: asOf ?? (list.degraded ? list.asOf : new Date().toISOString()),
      stale: list.degraded,
      degraded: toDegradations('products', list),
    };
  }

  /** @throws Problem `not-found`, or the problem of a part that the page needs */
  async page(id: string): Promise<ProductPage> {
    const key = `product:${id}`;
    const [detail, parts] = await Promise.all([
      staleIfError(
        () => this.#freshDetail(id, key),
        () => this.lastKnownGood.read(key, productDetail, PAGE_MAX_STALE_MS),
      ),
      this.parts.load(id),
    ]);
    const { product, availability, asOf } = detail.value;
    return {
      product,
      ...(asOf !== undefined && { asOf }),
      availability: { ...availability, stale: detail.degraded },
      ...parts.bodies,
      degraded: [...toDegradations('product', detail), ...parts.degraded],
    };
  }

  async #freshList(query: ProductListQuery, key: string | undefined): Promise<ProductList> {
    const { value: list, json } = await this.catalog.products(query);
    // Empty lists are not stored, because clients can request any number of unknown genres.
    if (key !== undefined && list.items.length > 0) this.lastKnownGood.set(key, list, json);
    return list;
  }

  async #freshDetail(id: string, key: string): Promise<ProductDetail> {
    try {
      const { value, json } = await this.catalog.product(id);
      this.lastKnownGood.set(key, value, json);
      return value;
    } catch (error) {
      if (error instanceof Problem && error.code === 'not-found') this.lastKnownGood.delete(key);
      throw error;
    }
  }
}

/** Returns the key of a first page without a search, which many callers request. Other lists have no key. */
function toListKey({ cursor, limit, genre, q }: ProductListQuery): string | undefined {
  if (cursor !== undefined || q !== undefined) return undefined;
  return `products:${limit}:${genre?.toLowerCase() ?? ''}`;
}
