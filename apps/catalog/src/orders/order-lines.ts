import type { Order, OrderRequest } from '@film-store/contracts';
import { Problem } from '@film-store/problem';
import { toMoney } from '../currency.ts';

/** One item of an order with its position in the request and its price. */
export interface OrderLine {
  readonly position: number;
  readonly productId: string;
  readonly quantity: number;
  /** In cents. */
  readonly unitPrice: number;
}

/** @throws Problem `validation-failed` (422) that points at every product without a price: it is unknown */
export function requireKnownProducts(
  { items }: Pick<OrderRequest, 'items'>,
  prices: ReadonlyMap<string, number>,
): void {
  const unknown = items.flatMap(({ productId }, position) => (prices.has(productId) ? [] : [position]));
  if (unknown.length > 0) {
    throw new Problem('validation-failed', {
      status: 422,
      errors: unknown.map((position) => ({
        pointer: `/items/${position}/productId`,
        detail: 'the product does not exist',
      })),
    });
  }
}

/** @param prices of all products of the order */
export const toOrderLines = (
  { items }: Pick<OrderRequest, 'items'>,
  prices: ReadonlyMap<string, number>,
): OrderLine[] =>
  items.map((item, position) => ({ position, ...item, unitPrice: prices.get(item.productId)! }));

export const sumLines = (lines: readonly OrderLine[]): number =>
  lines.reduce((total, { quantity, unitPrice }) => total + quantity * unitPrice, 0);

export function toOrder(
  { id, status, total, createdAt }: { id: string; status: Order['status']; total: number; createdAt: Date },
  lines: readonly OrderLine[],
): Order {
  return {
    id,
    status,
    items: lines.map(({ productId, quantity, unitPrice }) => ({
      productId,
      quantity,
      unitPrice: toMoney(unitPrice),
    })),
    total: toMoney(total),
    createdAt: createdAt.toISOString(),
  };
}
