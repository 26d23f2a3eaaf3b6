import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stops } from '../../../deploy/local/stops.ts';
import type { Outcome } from '../benchmark.ts';
import { withGateways } from '../gateway.ts';
import type { Fault } from './fault.ts';
import { withNaiveGateways } from './start-naive.ts';
import { startUpstream } from './upstream.ts';

const ORDERS = 100;
const LOST_EVERY = 4;
const ORDER_MS = 100;
const CLIENT_LEAVES_MS = 50;

const price = { amount: 999, currency: 'EUR' };
/** Stores each order 100 ms after it arrives, whether or not its caller still waits. */
function createOrderStore() {
  let placed = 0;
  const listener: RequestListener = (request, response) => {
    request.resume();
    const json = { 'content-type': 'application/json' };
    if (request.method !== 'POST') {
      response.writeHead(200, json).end('{}');
      return;
    }
    placed += 1;
    const order = {
      id: randomUUID(),
      status: 'confirmed',
      items: [{ productId: 'alien-1979', quantity: 1, unitPrice: price }],
      total: price,
      createdAt: new Date().toISOString(),
    };
    setTimeout(() => response.writeHead(201, json).end(JSON.stringify(order)), ORDER_MS);
  };
  return { listener, placed: () => placed };
}

/** Some clients lose the response to their order, and send it again under its key. */
async function measure(report: (progress: string) => void): Promise<Outcome> {
  const stops = new Stops();
  try {
    report('orders'.padEnd(40));
    const [naiveStore, ourStore] = [createOrderStore(), createOrderStore()];
    const naiveCatalog = stops.add(await startUpstream(naiveStore.listener));
    const ourCatalog = stops.add(await startUpstream(ourStore.listener));
    return await withNaiveGateways([{ CATALOG_URL: naiveCatalog.url }], (naive) =>
      withGateways([{ CATALOG_URL: ourCatalog.url }], async (ours) => {
        for (let nth = 0; nth < ORDERS; nth++)
          await Promise.all([naive, ours].map(({ url }) => sendOrder(url, nth % LOST_EVERY === 0)));
        return {
          measured: [
            { name: `${ORDERS} orders, naive: orders placed`, unit: 'count', value: naiveStore.placed() },
            {
              name: `${ORDERS} orders, ours: orders placed`,
              unit: 'count',
              value: ourStore.placed(),
              goal: `≤ ${ORDERS}`,
            },
          ],
        };
      }),
    );
  } finally {
    await stops.stop();
  }
}

/** Sends one order until it is confirmed; with `losesResponse`, the client leaves its first request early. */
async function sendOrder(url: string, losesResponse: boolean): Promise<void> {
  const order = (signal: AbortSignal | null): Promise<Response> =>
    fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ items: [{ productId: 'alien-1979', quantity: 1 }] }),
      signal,
    });
  const key = randomUUID();
  if (losesResponse) await order(AbortSignal.timeout(CLIENT_LEAVES_MS)).catch(() => undefined);
  for (;;) {
    const { status } = await order(null);
    if (status === 201) return;
    if (status !== 409) throw new Error(`an order got ${status}`);
    await sleep(ORDER_MS);
  }
}

export const lostResponses: Fault = {
  load: `Orders: every ${LOST_EVERY}th of ${ORDERS} orders loses its response and is sent again.`,
  measure,
};
