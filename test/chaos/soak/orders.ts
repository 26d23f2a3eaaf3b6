import { Agent } from 'undici';
import { pause, placeOrder } from '../exactly-once/client.ts';
import { type OrderTask, drawOrderTasks } from '../exactly-once/order-tasks.ts';
import { type OrderResponse, type Ledger, type Receipt, isOutOfStock } from '../exactly-once/reconcile.ts';
import type { Random } from '../random.ts';

const THINKS_MS = 300;
/** One order per this many requests, roughly. */
const REQUESTS_PER_ORDER = 250;
const AT_LEAST = 20;

/** Places one order after another, and retries each until a response is final. */
export class Orders {
  readonly #url: string;
  readonly #random: Random;
  readonly #left: OrderTask[];
  readonly #receipts: Receipt[] = [];
  readonly #onAttempt: () => void;

  constructor(url: string, requests: number, { stock }: Ledger, random: Random, onAttempt: () => void) {
    this.#url = url;
    this.#random = random.fork();
    const count = Math.max(AT_LEAST, Math.ceil(requests / REQUESTS_PER_ORDER));
    this.#left = drawOrderTasks(random.fork(), count, stock).toReversed();
    this.#onAttempt = onAttempt;
  }

  get receipts(): readonly Receipt[] {
    return this.#receipts;
  }

  get figures(): Readonly<Record<string, number>> {
    const count = (matches: (last: OrderResponse | undefined) => boolean): number =>
      this.#receipts.filter(({ responses }) => matches(responses.at(-1))).length;
    return {
      'orders placed': count((last) => last?.status === 201),
      'orders rejected: out of stock': count((last) => last !== undefined && isOutOfStock(last)),
      'orders without a response': count((last) => last === undefined),
    };
  }

  /** Orders while `goesOn` returns true, then waits for the orders in flight. The signal ends the wait. */
  async run(goesOn: () => boolean, signal: AbortSignal): Promise<void> {
    const dispatcher = new Agent();
    const means = {
      urls: [this.#url],
      dispatcher,
      random: this.#random,
      signal,
      onAttempt: this.#onAttempt,
    };
    while (goesOn()) {
      const orderTask = this.#left.pop();
      if (!orderTask) break;
      this.#receipts.push({ ...orderTask, responses: await placeOrder(orderTask, means) });
      await pause(THINKS_MS, signal);
    }
    await dispatcher.destroy();
  }
}
