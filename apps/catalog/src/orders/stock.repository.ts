import { and, eq, gte, sql } from 'drizzle-orm';
import type { FieldError } from '@film-store/problem';
import type { Transaction } from '../database/database.ts';
import { stock } from '../database/schema.ts';
import type { OrderLine } from './order-lines.ts';

/** The stock is too low for some lines of an order. `errors` points at each of these lines. */
export class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
  readonly errors: readonly FieldError[];

  constructor(lines: readonly OrderLine[]) {
    super('the stock is too low');
    this.errors = lines
      .toSorted((a, b) => a.position - b.position)
      .map(({ position, productId }) => ({
        pointer: `/items/${position}/quantity`,
        detail: `the stock of ${productId} is too low`,
      }));
  }
}

/**
 * Reduces the stock by the quantities of the lines. Locks rows in the order of product ids, so two orders of the same
 * products cannot deadlock.
 * @throws OutOfStock when the stock is too low for a line; the caller must then roll back
 */
export async function takeFromStock(tx: Transaction, lines: readonly OrderLine[]): Promise<void> {
  const missing: OrderLine[] = [];
  for (const line of lines.toSorted(compareProducts)) {
    const taken = await tx
      .update(stock)
      .set({ quantity: sql`${stock.quantity} - ${line.quantity}`, updatedAt: sql`now()` })
      .where(and(eq(stock.productId, line.productId), gte(stock.quantity, line.quantity)))
      .returning({ productId: stock.productId });
    if (taken.length === 0) missing.push(line);
  }
  if (missing.length > 0) throw new OutOfStock(missing);
}

const compareProducts = (a: OrderLine, b: OrderLine): number => (a.productId < b.productId ? -1 : 1);
