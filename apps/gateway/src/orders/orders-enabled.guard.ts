import { Injectable } from '@nestjs/common';
import { Flags, booleanFlag } from '@film-store/feature-flags';
import { NotExecuted } from '@film-store/idempotency';

/** `Retry-After` of a refused order, in seconds: about as long as a short maintenance takes. */
const RETRY_AFTER_S = 60;

/** On by default: a lost flag service must not close the shop, and catalog guards its own stock. */
export const acceptOrders = booleanFlag('orders.accept', {
  default: true,
  description: 'New orders are taken; off, they are refused and all else goes on.',
});

/**
 * Refuses new orders while operators have closed the shop. It is no Nest guard: those run before the idempotency
 * interceptor, and an order that was placed before must still be replayed.
 */
@Injectable()
export class OrdersEnabledGuard {
  constructor(private readonly flags: Flags) {}

  /** @throws NotExecuted `unavailable` while no orders are accepted; the order's key stays free */
  async assertEnabled(): Promise<void> {
    const { value } = await this.flags.boolean(acceptOrders);
    if (value) return;
    throw new NotExecuted('unavailable', {
      detail: 'no orders are taken at the moment',
      headers: { 'retry-after': String(RETRY_AFTER_S) },
    });
  }
}
