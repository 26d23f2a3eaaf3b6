import { Injectable } from '@nestjs/common';
import { Flags, booleanFlag } from '@film-store/feature-flags';
import { Refusal } from '@film-store/idempotency';

/** When a refused client should come back, in seconds: about as long as maintenance that needs no announcement. */
const RETRY_AFTER_S = 60;

/** On where nobody can say: a flag service that is gone must not close the shop, and catalog guards its own stock. */
export const acceptOrders = booleanFlag('orders.accept', {
  default: true,
  description: 'New orders are taken; off, they are refused and all else goes on.',
});

/** Lets orders in, unless operators closed the shop. */
@Injectable()
export class OrdersEnabledGuard {
  constructor(private readonly flags: Flags) {}

  /** @throws Refusal `unavailable` while no orders are taken; the order's key stays free */
  async assertEnabled(): Promise<void> {
    const { value } = await this.flags.boolean(acceptOrders);
    if (value) return;
    throw new Refusal('unavailable', {
      detail: 'no orders are taken at the moment',
      headers: { 'retry-after': String(RETRY_AFTER_S) },
    });
  }
}
