import type { Stoppable } from '../../deploy/local/stops.ts';
import { runLoad } from '../load/run-load.ts';

const ORDERS_PER_SECOND = 3;
const SECONDS = 7200;

/** Places single orders at a constant rate, beside the customer that repeats failed ones. They have no email address. */
export function startOrders(url: string): Stoppable {
  const end = new AbortController();
  const load = { url: `${url}/api/home`, rps: ORDERS_PER_SECOND, seconds: SECONDS, orders: 1 };
  const placed = runLoad(load, () => undefined, end.signal).catch(() => undefined);
  return {
    stop: async () => {
      end.abort();
      await placed;
    },
  };
}

/** Matches the report of an order without an email address: no customer has a receipt for it. */
export const WITHOUT_CUSTOMER = / was placed under $/;
