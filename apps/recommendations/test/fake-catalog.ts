import { fastify } from 'fastify';
import {
  type OrderFeed,
  type OrderFeedEntry,
  type Product,
  type ProductList,
  orderFeedQuery,
  productListQuery,
} from '@film-store/contracts';

/** The routes of catalog that recommendations calls, on a real socket. Change its fields to change its responses. */
export class FakeCatalog {
  films: Product[] = [];
  orders: OrderFeedEntry[] = [];
  /** Closes every connection without a response. */
  unreachable = false;
  /** Closes the connections of requests with this path and query without a response. */
  failingPath: string | undefined;
  /** Paths of all requests so far. */
  readonly requests: string[] = [];
  readonly #server = fastify({ forceCloseConnections: true });

  constructor() {
    this.#server.addHook('onRequest', async (request) => {
      this.requests.push(request.url);
      if (this.unreachable || request.url === this.failingPath) request.raw.destroy();
    });
    this.#server.get('/products', ({ query }) => this.#products(query));
    this.#server.get('/orders/feed', ({ query }) => this.#feed(query));
  }

  /** Resolves with the base URL. */
  start(): Promise<string> {
    return this.#server.listen({ host: '127.0.0.1', port: 0 });
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }

  #products(query: unknown): ProductList {
    const { cursor = '0', limit } = productListQuery(500).parse(query);
    const end = Number(cursor) + limit;
    return {
      items: this.films.slice(Number(cursor), end),
      nextCursor: end < this.films.length ? String(end) : null,
    };
  }

  #feed(query: unknown): OrderFeed {
    const { after, limit } = orderFeedQuery.parse(query);
    return { entries: this.orders.filter(({ seq }) => seq > after).slice(0, limit) };
  }
}
