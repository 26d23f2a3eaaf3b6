import { inArray } from 'drizzle-orm';
import type { OrderRequest } from '@film-store/contracts';
import { Problem } from '@film-store/problem';
import type { Database } from '../database/database.ts';
import { films } from '../database/schema.ts';

/** One item of an order, at its place in the request and with the price it is sold for. */
export interface OrderLine {
  readonly position: number;
  readonly productId: string;
  readonly quantity: number;
  /** Cents of a euro. */
  readonly unitPrice: number;
}

/**
 * The request's items at today's prices.
 * @throws Problem `validation-failed` (422) that points at every product there is not
 */
export async function priceLines(db: Database, { items }: OrderRequest): Promise<OrderLine[]> {
  const ids = items.map(({ productId }) => productId);
  const priced = await db
    .select({ id: films.id, price: films.price })
    .from(films)
    .where(inArray(films.id, ids));
  const priceOf = new Map(priced.map(({ id, price }) => [id, price]));
  const unknown = items.flatMap(({ productId }, position) => (priceOf.has(productId) ? [] : [position]));
  if (unknown.length > 0) {
    throw new Problem('validation-failed', {
      status: 422,
      errors: unknown.map((position) => ({
        pointer: `/items/${position}/productId`,
        detail: 'there is no such product',
      })),
    });
  }
  return items.map((item, position) => ({ position, ...item, unitPrice: priceOf.get(item.productId)! }));
}

export const sumLines = (lines: readonly OrderLine[]): number =>
  lines.reduce((total, { quantity, unitPrice }) => total + quantity * unitPrice, 0);
