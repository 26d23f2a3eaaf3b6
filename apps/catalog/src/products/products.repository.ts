import { type SQL, and, asc, desc, gt, lt, lte, or, sql } from 'drizzle-orm';
import type { ProductList, ProductListQuery } from '@film-store/contracts';
import type { Database } from '../database/database.ts';
import { films, popularity } from '../database/schema.ts';
import { tokenize } from '../films/tokenize.ts';
import { type Position, readCursor, writeCursor } from './cursor.ts';
import { productColumns, toProduct } from './product-row.ts';

const filmPopularity = popularity(films.imdbVotes);

/**
 * One page of the films that fit the query, most popular first. A search of nothing but punctuation finds nothing.
 * @throws Problem `validation-failed` for a cursor that is none
 */
export async function listProducts(db: Database, query: ProductListQuery): Promise<ProductList> {
  const { cursor, limit, genre, q } = query;
  const position = cursor === undefined ? undefined : readCursor(cursor);
  const words = q === undefined ? undefined : tokenize(q);
  if (words?.length === 0) return { items: [], nextCursor: null };

  const rows = await db
    .select(productColumns)
    .from(films)
    .where(
      and(
        position && isAfter(position),
        genre === undefined ? undefined : sql`lower(${films.genre}) = lower(${genre})`,
        words && hasWords(words),
      ),
    )
    .orderBy(desc(filmPopularity), asc(films.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit;
  return {
    items: page.map(toProduct),
    nextCursor: hasMore && last ? writeCursor([last.imdbVotes ?? -1, last.id]) : null,
  };
}

/** The first bound looks superfluous, but it is the one an index can start from. */
const isAfter = ([votes, id]: Position): SQL | undefined =>
  and(lte(filmPopularity, votes), or(lt(filmPopularity, votes), gt(films.id, id)));

/** Words hold letters and digits only, so none can be an operator of the search. */
const hasWords = (words: readonly string[]): SQL =>
  sql`${films.search} @@ to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')})`;
