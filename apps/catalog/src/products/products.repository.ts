import { type SQL, and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Availability, Product, ProductDetail } from '@film-store/contracts';
import { toMoney } from '../currency.ts';
import type { Database } from '../database/database.ts';
import { films, popularity, stock } from '../database/schema.ts';
import type { Position } from './cursor.ts';

/** The columns of a product. Excludes the columns for search. */
const productColumns = {
  id: films.id,
  title: films.title,
  genre: films.genre,
  creativeType: films.creativeType,
  source: films.source,
  director: films.director,
  distributor: films.distributor,
  releaseDate: films.releaseDate,
  mpaaRating: films.mpaaRating,
  runningTimeMin: films.runningTimeMin,
  imdbRating: films.imdbRating,
  imdbVotes: films.imdbVotes,
  price: films.price,
};
type ProductRow = Pick<typeof films.$inferSelect, keyof typeof productColumns> & {
  readonly popularity?: number;
};

const filmPopularity = popularity(films.imdbVotes);

interface ProductFilter {
  /** Selects the products after this position in the order of popularity. */
  readonly after: Position | undefined;
  /** Selects one genre, in any case. */
  readonly genre: string | undefined;
  /** Selects products whose words of title and director match this query. See `toSearchQuery`. */
  readonly search: string | undefined;
}

/** Returns up to `limit` products, most popular first. */
export async function findProducts(
  db: Database,
  { after, genre, search }: ProductFilter,
  limit: number,
): Promise<Product[]> {
  const findAt = (position?: SQL) =>
    db
      .select({ ...productColumns, popularity: filmPopularity.as('popularity') })
      .from(films)
      .where(
        and(
          position,
          genre === undefined ? undefined : sql`lower(${films.genre}) = lower(${genre})`,
          search === undefined ? undefined : sql`${films.search} @@ to_tsquery('simple', ${search})`,
        ),
      )
      .orderBy(desc(filmPopularity), asc(films.id))
      .limit(limit);
  if (!after) return (await findAt()).map(toProduct);
  const [votes, id] = after;
  // Two ranges of the index. With one condition, PostgreSQL would also read all equally popular products before the position.
  const rows = await unionAll(
    findAt(and(eq(filmPopularity, votes), gt(films.id, id))),
    findAt(lt(filmPopularity, votes)),
  )
    .orderBy(sql`popularity desc`, sql`id`)
    .limit(limit);
  return rows.map(toProduct);
}

export async function findProduct(db: Database, id: string): Promise<ProductDetail | undefined> {
  const [row] = await db
    .select({ product: productColumns, stock })
    .from(films)
    .innerJoin(stock, eq(stock.productId, films.id))
    .where(eq(films.id, id));
  return row && { product: toProduct(row.product), availability: toAvailability(row.stock) };
}

export async function findAvailability(db: Database, id: string): Promise<Availability | undefined> {
  const [row] = await db.select().from(stock).where(eq(stock.productId, id));
  return row && toAvailability(row);
}

const toProduct = ({ imdbRating, imdbVotes, price, popularity: _, ...film }: ProductRow): Product => ({
  ...film,
  imdb: { rating: imdbRating, votes: imdbVotes },
  price: toMoney(price),
});

const toAvailability = ({ quantity, updatedAt }: typeof stock.$inferSelect): Availability => ({
  inStock: quantity > 0,
  quantity,
  lastUpdated: updatedAt.toISOString(),
});
