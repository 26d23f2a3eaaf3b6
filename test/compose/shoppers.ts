import { productIndex } from '@film-store/contracts';
import { atConstantRate } from '../load/open-loop.ts';
import { getPage, orderInit, send } from '../e2e/client.ts';
import type { Store } from '../e2e/store.ts';

const RPS = 20;
/** Longer than any restart: the caller ends the shoppers. */
const LONGEST_S = 600;
/** One of ten requests is an order. */
const ORDER_EVERY = 10;

/** Films with enough stock for all orders. */
export async function filmsToSell(store: Pick<Store, 'url'>, enough: number): Promise<string[]> {
  const { body } = await send(store, '/api/products?limit=60', productIndex);
  const films: string[] = [];
  for (const { id } of body.items) {
    const page = await getPage(store, id);
    if (page.body.availability.quantity >= enough) films.push(id);
  }
  return films;
}

/** Requests pages and places orders until it is stopped. Then it returns every failure, as the client saw it. */
export function startShopping(store: Pick<Store, 'url'>, films: readonly string[]) {
  const done = new AbortController();
  const failures: string[] = [];
  let sent = 0;
  const load = atConstantRate(
    { rps: RPS, seconds: LONGEST_S },
    async (nth) => {
      sent += 1;
      const film = films[Math.floor(nth / ORDER_EVERY + nth) % films.length]!;
      const orders = nth % ORDER_EVERY === 0;
      const path = orders ? '/api/orders' : `/api/products/${film}`;
      const init = orders ? orderInit({ items: [{ productId: film, quantity: 1 }] }) : {};
      try {
        const response = await fetch(store.url + path, init);
        const text = await response.text();
        if (!response.ok) failures.push(`${path}: ${response.status} ${text}`);
      } catch (error) {
        failures.push(`${path}: ${String(error)}`);
      }
    },
    done.signal,
  );
  return {
    async stop(): Promise<{ readonly sent: number; readonly failures: readonly string[] }> {
      done.abort();
      await load;
      return { sent, failures };
    },
  };
}
