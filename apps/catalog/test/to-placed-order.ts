import type { Order } from '@film-store/contracts';
import type { Placement } from '../src/orders/order-placement.ts';

/** @throws Error when no order was placed */
export function toPlacedOrder({ outcome }: Placement): Order {
  if (outcome.kind !== 'placed') throw new Error(`no order was placed: ${outcome.kind}`);
  return outcome.order;
}
