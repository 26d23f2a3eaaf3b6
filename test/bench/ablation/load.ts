import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Rate, atConstantRate } from '../../load/open-loop.ts';
import { chance } from '../stand-in-responses.ts';

/** A page that takes longer is lost: its visitor has left. */
export const PAGE_PATIENCE_MS = 2000;
/** Longest wait for one try of an order. */
const ORDER_PATIENCE_MS = 6000;
const ORDER_TRIES = 3;
const PAUSE_BEFORE_TRY_MS = 200;
/** One request in so many is an order. */
const ORDER_EVERY = 10;
const FILMS = 200;

/** The result of one request, with its due time in milliseconds since 1970. */
export type Result =
  | {
      readonly kind: 'page';
      readonly due: number;
      readonly ms: number;
      readonly page: 'whole' | 'degraded' | 'none';
    }
  | { readonly kind: 'order'; readonly due: number; readonly product: string; readonly confirmed: boolean };

/** Where a client sends its requests. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Each try of an order has a key of its own. */
  readonly newKeys: boolean;
}

export interface Load extends Rate {
  readonly seed: number;
  /** Distinguishes the requests of several loads with one seed. */
  readonly phase: string;
}

/** Films differ in popularity: few get most of the visits. */
const toFilm = (roll: number): string => `film-${Math.floor(FILMS * roll ** 2)}`;

/**
 * Sends the same pages and orders to all targets, each at the same rate. Returns the results by target, when all requests
 * have ended.
 */
export async function send(targets: readonly Target[], load: Load): Promise<Result[][]> {
  const { rps, seconds, seed, phase } = load;
  const pools = targets.map(({ url }) => new Pool(url));
  const results = targets.map((): Result[] => []);
  // The targets take turns within the interval between two requests.
  await atConstantRate({ rps: rps * targets.length, seconds }, async (turn, dueMs) => {
    const [nth, index] = [Math.floor(turn / targets.length), turn % targets.length];
    const due = performance.timeOrigin + dueMs;
    const [pool, { newKeys }] = [pools[index]!, targets[index]!];
    if (nth % ORDER_EVERY === 0) {
      const product = `order-${seed}-${phase}-${nth}`;
      const confirmed = await placeOrder(pool, product, newKeys);
      results[index]!.push({ kind: 'order', due, product, confirmed });
      return;
    }
    const page = await getPage(pool, toFilm(chance(`${seed} ${phase} ${nth}`)));
    results[index]!.push({ kind: 'page', due, ms: performance.now() - dueMs, page });
  });
  await Promise.all(pools.map((pool) => pool.destroy()));
  return results;
}

async function getPage(pool: Pool, film: string): Promise<'whole' | 'degraded' | 'none'> {
  try {
    const signal = AbortSignal.timeout(PAGE_PATIENCE_MS);
    const path = `/api/products/${film}`;
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path, signal });
    await body.dump();
    if (statusCode !== 200) return 'none';
    return headers['x-degraded'] === undefined ? 'whole' : 'degraded';
  } catch {
    return 'none';
  }
}

/** Tries until the order is confirmed. Resolves with whether it was. */
async function placeOrder(pool: Pool, product: string, newKeys: boolean): Promise<boolean> {
  let key = randomUUID();
  for (let attempt = 1; attempt <= ORDER_TRIES; attempt++) {
    if (attempt > 1) await sleep(PAUSE_BEFORE_TRY_MS);
    if (await tryOrder(pool, product, key)) return true;
    if (newKeys) key = randomUUID();
  }
  return false;
}

async function tryOrder(pool: Pool, product: string, key: string): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/api/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ items: [{ productId: product, quantity: 1 }] }),
      signal: AbortSignal.timeout(ORDER_PATIENCE_MS),
    });
    await body.dump();
    return statusCode === 201;
  } catch {
    return false;
  }
}
