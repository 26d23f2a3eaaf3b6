import { requestContext } from '@film-store/core';

/** Placements of one product that run at a time. A second one does its first statements while the first one commits. */
const CONCURRENT_PER_PRODUCT = 2;
/** Lines of a group. Keeps the time short in which the group locks the stock. */
const MAX_LINES = 100;

/** An order that can be placed in a group. */
export interface Groupable {
  readonly key: string;
  readonly items: readonly { readonly productId: string }[];
  /** On the clock of `monotonicNow`. */
  readonly deadline: number | undefined;
}

export interface Placements<Request, Result> {
  placeAlone(request: Request): Promise<Result>;
  /**
   * Places orders with different keys in one transaction. Returns a result for each, or `undefined` for an order that
   * must be placed alone. An error fails all orders.
   */
  placeTogether(requests: readonly Request[]): Promise<readonly (Result | undefined)[]>;
}

/** How a waiting order goes on: its request leads a group, or a leader has placed it, or it is placed alone. */
type Turn<Request, Result> =
  | { readonly kind: 'lead'; readonly followers: readonly Waiter<Request, Result>[] }
  | { readonly kind: 'placed'; readonly result: Result }
  | { readonly kind: 'alone' };

interface Waiter<Request, Result> {
  readonly request: Request;
  readonly turn: PromiseWithResolvers<Turn<Request, Result>>;
}

interface Product<Request, Result> {
  running: number;
  waiters: Waiter<Request, Result>[];
}

/**
 * Places orders of one product in groups while others of the product are being placed, because they would only wait for
 * the lock of its stock and for one commit each. Other orders are placed at once, alone. If a group fails, each of its
 * orders is placed alone, so that no order fails because of another one.
 */
export class OrderGroups<Request extends Groupable, Result> {
  readonly #placements: Placements<Request, Result>;
  /** Products with orders that are being placed. */
  readonly #products = new Map<string, Product<Request, Result>>();

  constructor(placements: Placements<Request, Result>) {
    this.#placements = placements;
  }

  /** @throws what `placeAlone` rejects with, or the reason of the request's signal if it aborts in a group */
  async place(request: Request): Promise<Result> {
    const products = request.items.map(({ productId }) => productId);
    const busy = products.find((id) => this.#isBusy(id));
    if (busy === undefined) return this.#placeAtOnce(products, request);
    const turn = await this.#waitForTurn(busy, request);
    switch (turn.kind) {
      case 'lead':
        return this.#lead(busy, request, turn.followers);
      case 'placed':
        return turn.result;
      case 'alone':
        return this.#placements.placeAlone(request);
      default:
        return turn satisfies never;
    }
  }

  #isBusy(id: string): boolean {
    return (this.#products.get(id)?.running ?? 0) >= CONCURRENT_PER_PRODUCT;
  }

  async #placeAtOnce(products: readonly string[], request: Request): Promise<Result> {
    for (const id of products) {
      const product = this.#products.get(id) ?? { running: 0, waiters: [] };
      product.running += 1;
      this.#products.set(id, product);
    }
    try {
      return await this.#placements.placeAlone(request);
    } finally {
      for (const id of products) this.#startNext(id);
    }
  }

  /** Rejects if the request aborts while it waits, or while its group is placed. */
  async #waitForTurn(id: string, request: Request): Promise<Turn<Request, Result>> {
    const product = this.#products.get(id)!;
    const waiter = { request, turn: Promise.withResolvers<Turn<Request, Result>>() };
    product.waiters.push(waiter);
    const signal = requestContext.get()?.signal;
    const leave = (): void => {
      product.waiters = product.waiters.filter((each) => each !== waiter);
      waiter.turn.reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave);
    try {
      return await waiter.turn.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  async #lead(id: string, request: Request, followers: readonly Waiter<Request, Result>[]): Promise<Result> {
    try {
      const [own, ...results] = await this.#placeGroup([request, ...followers.map((each) => each.request)]);
      followers.forEach(({ turn }, index) => {
        const result = results[index];
        turn.resolve(result === undefined ? { kind: 'alone' } : { kind: 'placed', result });
      });
      return own ?? (await this.#placements.placeAlone(request));
    } finally {
      this.#startNext(id);
    }
  }

  /** Resolves with `undefined` for orders that must be placed alone: all, if the group fails. */
  async #placeGroup(requests: readonly Request[]): Promise<readonly (Result | undefined)[]> {
    if (requests.length === 1) return [];
    return this.#placements.placeTogether(requests).catch(() => []);
  }

  /** Ends a placement of the product. Its place goes to the orders that have waited longest. */
  #startNext(id: string): void {
    const product = this.#products.get(id)!;
    const { group, rest } = takeGroup(product.waiters);
    const [leader, ...followers] = group;
    product.waiters = rest;
    if (leader) {
      leader.turn.resolve({ kind: 'lead', followers });
      return;
    }
    product.running -= 1;
    if (product.running === 0) this.#products.delete(id);
  }
}

/** Takes the first waiters with different keys, at least one. */
function takeGroup<Request extends Groupable, Result>(waiters: readonly Waiter<Request, Result>[]) {
  const group: Waiter<Request, Result>[] = [];
  const rest: Waiter<Request, Result>[] = [];
  const keys = new Set<string>();
  let lines = 0;
  for (const waiter of waiters) {
    const { key, items } = waiter.request;
    const fits = group.length === 0 || lines + items.length <= MAX_LINES;
    const joins = fits && rest.length === 0 && !keys.has(key);
    (joins ? group : rest).push(waiter);
    keys.add(key);
    lines += items.length;
  }
  return { group, rest };
}
