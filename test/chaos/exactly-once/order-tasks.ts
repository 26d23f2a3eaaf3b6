import type { Random } from '../random.ts';
import type { OrderResponse, Item, Receipt } from './reconcile.ts';

/** An order that a client must place, with its key. */
export interface OrderTask {
  readonly key: string;
  readonly items: readonly Item[];
}

/** Roughly as many units of each film as the orders need: scarce films run out early and some others late. */
const ORDERS_PER_FILM = 40;
const SCARCE_FILMS = 5;
const SCARCE_BELOW = 10;
const WITH_A_SCARCE_FILM = 0.05;
const WITH_TWO_FILMS = 0.4;
const MOST_OF_A_FILM = 3;

/** Draws `count` orders of films in stock. */
export function drawOrderTasks(
  random: Random,
  count: number,
  stock: ReadonlyMap<string, number>,
): OrderTask[] {
  const inStock = [...stock].filter(([, quantity]) => quantity > 0);
  const some = (films: typeof inStock, wanted: number): string[] =>
    Array.from({ length: wanted }, () => random.pick(films)[0]);
  const scarce = some(
    inStock.filter(([, quantity]) => quantity < SCARCE_BELOW),
    SCARCE_FILMS,
  );
  const others = some(
    inStock.filter(([, quantity]) => quantity >= SCARCE_BELOW),
    Math.ceil(count / ORDERS_PER_FILM) + 1,
  );
  return Array.from({ length: count }, (_, nth) => {
    const films = new Set([random.pick(others)]);
    if (random.chance(WITH_TWO_FILMS)) films.add(random.pick(others));
    if (random.chance(WITH_A_SCARCE_FILM)) films.add(random.pick(scarce));
    const quantity = (): number => Math.floor(random.between(1, MOST_OF_A_FILM + 1));
    return {
      key: `torture-order-${String(nth + 1).padStart(6, '0')}`,
      items: [...films].map((productId) => ({ productId, quantity: quantity() })),
    };
  });
}

/** Pairs the order tasks with their responses. */
export const toReceipts = (finished: ReadonlyMap<OrderTask, readonly OrderResponse[]>): Receipt[] =>
  [...finished].map(([{ key, items }, responses]) => ({ key, items, responses }));
