import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import type { OrderRequest } from '@film-store/contracts';
import { json, reset } from '../../../apps/gateway/test/fake-upstream.ts';
import { now } from '../now.ts';
import { chance, responseTo } from '../stand-in-responses.ts';
import type { Behavior, FromUpstreams, Received, ToUpstreams } from './upstreams.ts';

const QUICKEST_MS = 4;
const SPREAD_MS = 8;
const SLOW_MS = 700;
const SLOW_AT_TIMES_MS = 500;
const SLOW_SHARE = 0.03;
const FLAKY_SHARE = 0.2;
const LOST_SHARE = 0.75;

const unavailable = (response: ServerResponse): void => json({}, 503)(response);
const price = { amount: 999, currency: 'EUR' };

/** One upstream. Its n-th response to a path is the same in every run. */
class Upstream {
  behavior: Behavior = 'healthy';
  readonly server = createServer((request, response) => void this.#serve(request, response));
  #arrivals: number[] = [];
  readonly #counts = new Map<string, number>();
  /** Keys of the placed orders, by product. A request without a key is an order of its own. */
  readonly #placed = new Map<string, Set<string>>();

  takeReport(): Received {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    const placed = Object.fromEntries([...this.#placed].map(([product, keys]) => [product, keys.size]));
    this.#placed.clear();
    return { arrivals, placed };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#arrivals.push(now());
    const { url = '', method } = request;
    const body = method === 'POST' ? await text(request).catch(() => undefined) : '';
    if (body === undefined) return;
    const [path = ''] = url.split('?');
    const what = method === 'POST' ? body : url;
    const nth = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, nth);
    const roll = (kind: string): number => chance(`${kind} ${what} ${nth}`);
    if (this.behavior === 'hangs') return;
    if (this.behavior === 'resets') return reset(response);
    if (this.behavior === 'unavailable' || (this.behavior === 'flaky' && roll('flaky') < FLAKY_SHARE))
      return unavailable(response);
    const ms = this.#latency(roll);
    if (method === 'POST') this.#place(body, request.headers['idempotency-key'], nth);
    if (method === 'POST' && this.behavior === 'loses-orders' && roll('lost') < LOST_SHARE)
      return reset(response);
    setTimeout(() => {
      const found = method === 'POST' ? json(toOrder(body), 201) : json(responseTo(path));
      found(response);
    }, ms);
  }

  #latency(roll: (kind: string) => number): number {
    if (this.behavior === 'slow') return SLOW_MS;
    if (this.behavior === 'slow-at-times' && roll('slow') < SLOW_SHARE) return SLOW_AT_TIMES_MS;
    return QUICKEST_MS + SPREAD_MS * roll('latency');
  }

  #place(body: string, key: string | string[] | undefined, nth: number): void {
    const product = toProduct(body);
    const keys = this.#placed.get(product) ?? new Set();
    this.#placed.set(product, keys.add(String(key ?? nth)));
  }
}

const toItems = (body: string) => (JSON.parse(body) as OrderRequest).items;
const toProduct = (body: string): string => toItems(body)[0]?.productId ?? '';
const toOrder = (body: string) => ({
  id: crypto.randomUUID(),
  status: 'confirmed',
  items: toItems(body).map(({ productId, quantity }) => ({ productId, quantity, unitPrice: price })),
  total: price,
  createdAt: new Date().toISOString(),
});

const upstreams = Array.from({ length: workerData as number }, () => new Upstream());
const say = (message: FromUpstreams): void => parentPort?.postMessage(message, []);
parentPort?.on('message', (message: ToUpstreams) => {
  if (message === 'report') return say({ received: upstreams.map((each) => each.takeReport()) });
  for (const index of message.servers) upstreams[index]!.behavior = message.behavior;
});
for (const { server } of upstreams) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
say({
  urls: upstreams.map(({ server }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
});
