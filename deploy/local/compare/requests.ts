/** A request of the load, the same for both gateways to the byte. */
export interface CompareRequest {
  readonly kind: 'page' | 'order' | 'home' | 'list';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Six of ten requests are for product pages, two are orders, one is for the home page and one for a list. */
const MIX = ['page', 'page', 'order', 'page', 'home', 'page', 'page', 'order', 'page', 'list'] as const;
const HOST = { host: 'localhost' };

/**
 * Returns the nth request, from 0. Films take turns.
 * @param run makes the idempotency keys of a run unique
 */
export function toRequest(nth: number, films: readonly string[], run: string): CompareRequest {
  const kind = MIX[nth % MIX.length] ?? 'page';
  const film = films[nth % films.length] ?? '';
  const get = (path: string): CompareRequest => ({
    kind,
    method: 'GET',
    path,
    headers: HOST,
    body: undefined,
  });
  switch (kind) {
    case 'page':
      return get(`/api/products/${film}`);
    case 'home':
      return get('/api/home');
    case 'list':
      return get('/api/products');
    case 'order':
      return {
        kind,
        method: 'POST',
        path: '/api/orders',
        headers: { ...HOST, 'content-type': 'application/json', 'idempotency-key': `compare-${run}-${nth}` },
        body: JSON.stringify({ items: [{ productId: film, quantity: 1 }] }),
      };
    default:
      return kind satisfies never;
  }
}
