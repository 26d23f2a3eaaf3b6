import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { placeOrder } from '../exactly-once/client.ts';
import { type OrderTask, drawOrderTasks, toReceipts } from '../exactly-once/order-tasks.ts';
import type { OrderResponse, Ledger, Receipt } from '../exactly-once/reconcile.ts';
import type { Random } from '../random.ts';

/** More orders than a run has time for. */
const MOST_ORDERS = 5000;
const THINKS_MS = 400;

/** Places one order after another, and retries each until a response is final. */
export interface Customer {
  readonly receipts: () => Receipt[];
  /** Finishes the orders in flight and starts no others. Resolves when all have responses or the signal ends. */
  readonly close: () => Promise<void>;
}

export function startCustomer(
  url: string,
  random: Random,
  { stock, orders }: Ledger,
  signal: AbortSignal,
): Customer {
  const dispatcher = new Agent();
  const receipts = new Map<OrderTask, readonly OrderResponse[]>();
  const means = { urls: [url], dispatcher, random: random.fork(), signal, onAttempt: () => undefined };
  let isOpen = true;
  const shopping = (async () => {
    for (const { key, items } of drawOrderTasks(random.fork(), MOST_ORDERS, stock)) {
      if (!isOpen || signal.aborted) break;
      // An earlier customer of the store may have used the same keys.
      const orderTask = { key: `${key}-${orders.length}`, items };
      receipts.set(orderTask, []);
      receipts.set(orderTask, await placeOrder(orderTask, means));
      await sleep(THINKS_MS);
    }
  })();
  return {
    receipts: () => toReceipts(receipts),
    close: async () => {
      isOpen = false;
      await shopping;
      await dispatcher.destroy();
    },
  };
}
