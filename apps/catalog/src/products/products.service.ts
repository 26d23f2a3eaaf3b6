import { Inject, Injectable } from '@nestjs/common';
import type {
  Availability,
  Product,
  ProductDetail,
  ProductList,
  ProductListQuery,
} from '@film-store/contracts';
import type { ResilienceExecutor } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { DatabaseConnection } from '../database/database-connection.ts';
import type { Database, DatabaseReads } from '../database/database.ts';
import { ReadConnection } from '../database/read-connection.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { findAvailability, findProduct, findProducts } from './products.repository.ts';
import { toSearchQuery } from './search-query.ts';

/** Reads products and their availability. */
@Injectable()
export class ProductsService {
  constructor(
    @Inject(DatabaseConnection) private readonly database: ResilienceExecutor<Database>,
    @Inject(ReadConnection) private readonly reads: DatabaseReads,
  ) {}

  /**
   * Returns one page of products that match the query, most popular first. A search text without letters and digits
   * matches nothing.
   * @throws Problem `validation-failed` for a cursor that `list` did not return
   */
  async list({ cursor, limit, genre, q }: ProductListQuery): Promise<ProductList> {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const search = q === undefined ? undefined : toSearchQuery(q);
    if (search === '') return { items: [], nextCursor: null };
    // One product more than the page shows that another page follows.
    const find = (db: Database) => findProducts(db, { after, genre, search }, limit + 1);
    const options = { summary: 'SELECT films' };
    const { value, ...time } = await (search === undefined
      ? this.reads.read(find, options)
      : this.reads.search(find, options));
    return { ...toPage(value, limit), ...time };
  }

  /** @throws Problem `not-found` */
  async get(id: string): Promise<ProductDetail> {
    const { value, ...time } = await this.reads.read((db) => findProduct(db, id), {
      summary: 'SELECT films stock',
    });
    return { ...assertFound(value), ...time };
  }

  /** @throws Problem `not-found` */
  async availability(id: string): Promise<Availability> {
    return assertFound(
      await this.database.execute((db) => findAvailability(db, id), { summary: 'SELECT stock' }),
    );
  }
}

function toPage(products: readonly Product[], limit: number): ProductList {
  const items = products.slice(0, limit);
  const last = items.at(-1);
  const hasMore = products.length > limit;
  return {
    items,
    nextCursor: hasMore && last ? writeCursor([last.imdb.votes ?? -1, last.id]) : null,
  };
}

function assertFound<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem('not-found', { detail: 'the product does not exist' });
  return value;
}
