/** Kind of a request. */
export type RequestKind = 'page' | 'order' | 'home' | 'list';

/** A request of the load, the same for both gateways to the byte. */
export interface CompareRequest {
  readonly kind: RequestKind;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The kinds of consecutive requests, again and again. */
export type Mix = readonly RequestKind[];

/** Six of ten requests are for product pages, two are orders, one is for the home page and one for a list. */
export const USUAL_MIX: Mix = [
  'page',
  'page',
  'order',
  'page',
  'home',
  'page',
  'page',
  'order',
  'page',
  'list',
];

/** One of 30 requests is an order. The others are in about the usual proportion. */
export const MOSTLY_READS: Mix = Array.from({ length: 30 }, (_, index) => {
  const usual = USUAL_MIX[index % USUAL_MIX.length] ?? 'page';
  return usual === 'order' && index > 2 ? 'page' : usual;
});

const HOST = { host: 'localhost' };

/** The requests of a run. Films take turns in the pages and, independently, in the orders. */
export class Requests {
  readonly #films: readonly string[];
  readonly #run: string;
  readonly #counts = { page: 0, order: 0, home: 0, list: 0 };
  #nth = 0;

  /** @param films ids of films, at least one @param run makes the idempotency keys unique */
  constructor(films: readonly string[], run: string) {
    this.#films = films;
    this.#run = run;
  }

  next(mix: Mix): CompareRequest {
    const kind = mix[this.#nth++ % mix.length] ?? 'page';
    const count = this.#counts[kind]++;
    const film = this.#films[count % this.#films.length] ?? '';
    switch (kind) {
      case 'page':
        return get(kind, `/api/products/${film}`);
      case 'home':
        return get(kind, '/api/home');
      case 'list':
        return get(kind, '/api/products');
      case 'order':
        return order(film, `compare-${this.#run}-${count}`);
      default:
        return kind satisfies never;
    }
  }
}

const get = (kind: RequestKind, path: string): CompareRequest => ({
  kind,
  method: 'GET',
  path,
  headers: HOST,
  body: undefined,
});

const order = (film: string, key: string): CompareRequest => ({
  kind: 'order',
  method: 'POST',
  path: '/api/orders',
  headers: { ...HOST, 'content-type': 'application/json', 'idempotency-key': key },
  body: JSON.stringify({ items: [{ productId: film, quantity: 1 }] }),
});
