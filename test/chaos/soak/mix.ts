import { productIndex } from '@film-store/contracts';
import type { Random } from '../random.ts';

const PAGE = 100;
/** Few different requests, so that the gateway soon holds all that it caches for them. */
const LIMITS = [10, 24, 50];

/** The films and searches that requests draw from. */
export interface Shop {
  readonly films: readonly string[];
  readonly genres: readonly string[];
  /** Words of titles. */
  readonly words: readonly string[];
  readonly cursors: readonly string[];
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

const get = (path: string): Request => ({ method: 'GET', path });
const draw = (random: Random, count: number): number => Math.floor(random.between(0, count));

/** Mistakes of clients. Some differ each time: the gateway must not keep anything for them. */
const mistakes: readonly ((random: Random, shop: Shop) => Request)[] = [
  (random) => get(`/api/products/no-such-film-${draw(random, 1e9)}`),
  (random) => get(`/nowhere/${draw(random, 1e9)}`),
  (random) => get(`/api/orders/00000000-0000-4000-8000-${String(draw(random, 1e12)).padStart(12, '0')}`),
  (random) => get(`/api/products?genre=invented-${draw(random, 1e9)}`),
  () => get('/api/products/NOT%20AN%20ID'),
  () => get('/api/products?limit=0'),
  () => get('/api/products?cursor=rubbish'),
  () => ({ method: 'DELETE', path: '/api/home' }),
  () => ({ method: 'POST', path: '/api/orders', body: '{"items": [' }),
  (random, { films }) => ({
    method: 'POST',
    path: '/api/orders',
    body: JSON.stringify({ items: [{ productId: random.pick(films), quantity: 1 }] }),
  }),
];

/** Kinds of requests by their fraction of all requests. */
const mix: readonly (readonly [share: number, (random: Random, shop: Shop) => Request])[] = [
  [0.62, (random, { films }) => get(`/api/products/${random.pick(films)}`)],
  [0.15, () => get('/api/home')],
  [
    0.06,
    (random, { genres }) =>
      get(`/api/products?limit=${random.pick(LIMITS)}&genre=${encodeURIComponent(random.pick(genres))}`),
  ],
  [0.04, (random, { cursors }) => get(`/api/products?limit=24&cursor=${random.pick(cursors)}`)],
  [0.08, (random, { words }) => get(`/api/products?q=${encodeURIComponent(random.pick(words))}`)],
  [0.05, (random, shop) => random.pick(mistakes)(random, shop)],
];

/** Draws the next request of a visitor. */
export function drawRequest(random: Random, shop: Shop): Request {
  let drawn = random.next();
  for (const [share, make] of mix) {
    if (drawn < share) return make(random, shop);
    drawn -= share;
  }
  return get('/api/home');
}

/** Reads the whole list, and returns some films of it. */
export async function readShop(url: string, count: number): Promise<Shop> {
  const items = [];
  const cursors: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const response = await fetch(`${url}/api/products?limit=${PAGE}${from}`);
    const page = productIndex.parse(await response.json());
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null) cursors.push(cursor);
  }
  const films = items.slice(0, count);
  return {
    films: films.map(({ id }) => id),
    genres: [...new Set(items.flatMap(({ genre }) => genre ?? []))],
    words: [...new Set(films.flatMap(({ title }) => title.split(' ').slice(0, 1)))],
    cursors,
  };
}
