import { Injectable } from '@nestjs/common';
import { Flags, booleanFlag } from '@film-store/feature-flags';
import { NotExecuted } from '@film-store/idempotency';

/** `Retry-After` of a rejected order, in seconds. About the length of a short maintenance. */
const RETRY_AFTER_S = 60;

/** Enabled by default, because an unavailable flag service must not stop orders. */
export const acceptOrders = booleanFlag('orders.accept', {
  default: true,
  description: 'Accepts new orders. If disabled, new orders fail with 503 and everything else works.',
});

/**
 * Rejects new orders while the flag `orders.accept` is disabled. Not a Nest guard: guards run before the idempotency
 * interceptor, which must still replay orders that were placed earlier.
 */
@Injectable()
export class OrdersEnabledGuard {
  constructor(private readonly flags: Flags) {}

  /** @throws NotExecuted `unavailable` while new orders are disabled; the idempotency key stays free */
  async assertEnabled(): Promise<void> {
    const { value } = await this.flags.boolean(acceptOrders);
    if (value) return;
    throw new NotExecuted('unavailable', {
      detail: 'new orders are disabled',
      headers: { 'retry-after': String(RETRY_AFTER_S) },
    });
  }
}
