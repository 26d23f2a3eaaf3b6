import { eq } from 'drizzle-orm';
import type { Availability, ProductDetail } from '@film-store/contracts';
import { Problem } from '@film-store/problem';
import type { Database } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { productColumns, toAvailability, toProduct } from './product-row.ts';

/** @throws Problem `not-found` */
export async function getProduct(db: Database, id: string): Promise<ProductDetail> {
  const [row] = await db
    .select({ product: productColumns, stock })
    .from(films)
    .innerJoin(stock, eq(stock.productId, films.id))
    .where(eq(films.id, id));
  if (!row) throw noSuchProduct();
  return { product: toProduct(row.product), availability: toAvailability(row.stock) };
}

/** @throws Problem `not-found` */
export async function getAvailability(db: Database, id: string): Promise<Availability> {
  const [row] = await db.select().from(stock).where(eq(stock.productId, id));
  if (!row) throw noSuchProduct();
  return toAvailability(row);
}

const noSuchProduct = () => new Problem('not-found', { detail: 'there is no such product' });
