import { and, eq, gte, sql } from 'drizzle-orm';
import type { FieldError } from '@film-store/problem';
import type { Transaction } from '../database/database.ts';
import { stock } from '../database/schema.ts';
import type { OrderLine } from './order-lines.ts';

/** Stock is too low for some lines of an order. `errors` points at each of them. */
export class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
  readonly errors: readonly FieldError[];

  constructor(lines: readonly OrderLine[]) {
    super('there is not enough in stock');
    this.errors = lines
      .toSorted((a, b) => a.position - b.position)
      .map(({ position, productId }) => ({
        pointer: `/items/${position}/quantity`,
        detail: `there is not that much of ${productId} left`,
      }));
  }
}

/**
 * Takes the quantities of the lines. Stock is locked in the order of products, not of the request, so that two orders of
 * the same products wait for one another instead of deadlocking.
 * @throws OutOfStock when there is not enough for a line; what was taken for others must then be rolled back
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
  if (short.length > 0) throw new OutOfStock(short);
}

const byProduct = (a: OrderLine, b: OrderLine): number => (a.productId < b.productId ? -1 : 1);
