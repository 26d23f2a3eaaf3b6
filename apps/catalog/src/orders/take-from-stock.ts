import { and, eq, gte, sql } from 'drizzle-orm';
import { Problem } from '#libs/http';
import type { Transaction } from '../database/database.ts';
import { stock } from '../database/schema.ts';
import type { OrderLine } from './order-lines.ts';

/**
 * Takes what the lines ask for. Stock is locked in the order of products, whatever the request's, so that two
 * orders of the same products wait for one another instead of deadlocking.
 * @throws Problem `out-of-stock` that points at every line there is not enough for; the transaction must then end
 */
export async function takeFromStock(tx: Transaction, lines: readonly OrderLine[]): Promise<void> {
  const short: OrderLine[] = [];
  for (const line of lines.toSorted(byProduct)) {
    const taken = await tx
      .update(stock)
      .set({ quantity: sql`${stock.quantity} - ${line.quantity}`, updatedAt: sql`now()` })
      .where(and(eq(stock.productId, line.productId), gte(stock.quantity, line.quantity)))
      .returning({ productId: stock.productId });
    if (taken.length === 0) short.push(line);
  }
  if (short.length > 0) throw outOfStock(short);
}

const outOfStock = (lines: readonly OrderLine[]): Problem =>
  new Problem('out-of-stock', {
    errors: lines
      .toSorted((a, b) => a.position - b.position)
      .map(({ position, productId }) => ({
        pointer: `/items/${position}/quantity`,
        detail: `there is not that much of ${productId} left`,
      })),
  });

const byProduct = (a: OrderLine, b: OrderLine): number => (a.productId < b.productId ? -1 : 1);
