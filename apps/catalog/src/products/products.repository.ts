import { and, asc, eq, sql } from 'drizzle-orm';
import type { Availability, Product, ProductDetail } from '@film-store/contracts';
import { toMoney } from '../currency.ts';
import type { Database } from '../database/database.ts';
import { films, popularityRank, stock } from '../database/schema.ts';
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
type ProductRow = Pick<typeof films.$inferSelect, keyof typeof productColumns>;

const rank = popularityRank(films.imdbVotes);

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
  const rows = await db
    .select(productColumns)
    .from(films)
    .where(
      and(
        // One range of an index. PostgreSQL would read all films before the position for `rank > … or (rank = … and id > …)`.
        after && sql`(${rank}, ${films.id}) > (${-after[0]}::int, ${after[1]})`,
        genre === undefined ? undefined : sql`lower(${films.genre}) = lower(${genre})`,
        search === undefined ? undefined : sql`${films.search} @@ to_tsquery('simple', ${search})`,
      ),
    )
    .orderBy(asc(rank), asc(films.id))
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

const toProduct = ({ imdbRating, imdbVotes, price, ...film }: ProductRow): Product => ({
  ...film,
  imdb: { rating: imdbRating, votes: imdbVotes },
  price: toMoney(price),
});

const toAvailability = ({ quantity, updatedAt }: typeof stock.$inferSelect): Availability => ({
  inStock: quantity > 0,
  quantity,
  lastUpdated: updatedAt.toISOString(),
});
