import { randomUUID } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { z } from 'zod';
import { type Rate, atConstantRate } from './open-loop.ts';
import { type Sample, toOutcome } from './sample.ts';

export interface Load extends Rate {
  readonly url: string;
  /** Fraction of the requests, 0 to 1, that are orders. */
  readonly orders: number;
}

/** A request is abandoned this long after its due time, in milliseconds. */
const ABANDON_MS = 10_000;
/** Maximum number of connections. Further requests wait, which counts as latency. */
const CONNECTIONS = 512;

const films = z.object({ items: z.array(z.object({ id: z.string() })).min(1) });

/**
 * Puts a constant load on an address. Resolves when all requests have ended. Sends no more once `signal` has aborted.
 * @param onSample receives each request when it ends
 * @throws Error if orders are requested and there is no list of films
 */
export async function runLoad(
  { url, rps, seconds, orders }: Load,
  onSample: (sample: Sample) => void,
  signal: AbortSignal,
): Promise<void> {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  try {
    const ids = orders > 0 ? await readFilms(pool) : [];
    let placed = 0;
    const send = async (nth: number, due: number): Promise<void> => {
      const film = isOrder(nth, orders) ? ids[placed++ % ids.length] : undefined;
      const request =
        film === undefined ? { path: pathname + search, method: 'GET' as const } : toOrder(film);
      const outcome = await dispatch(pool, request);
      onSample({
        kind: film === undefined ? 'read' : 'order',
        due,
        ms: performance.now() - due,
        outcome,
      });
    };
    await atConstantRate({ rps, seconds }, send, signal);
  } finally {
    await pool.close();
  }
}

/** Returns whether the nth request, from 0, is an order. Orders are spread evenly. */
export const isOrder = (nth: number, share: number): boolean =>
  Math.floor((nth + 1) * share) > Math.floor(nth * share);

const toOrder = (productId: string) => ({
  path: '/api/orders',
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
  body: JSON.stringify({ items: [{ productId, quantity: 1 }] }),
});

async function dispatch(pool: Pool, request: Dispatcher.RequestOptions): Promise<Sample['outcome']> {
  try {
    const { statusCode, headers, body } = await pool.request({
      ...request,
      signal: AbortSignal.timeout(ABANDON_MS),
    });
    await body.dump();
    return toOutcome(statusCode, headers['x-degraded'] !== undefined);
  } catch {
    return 'no response';
  }
}

async function readFilms(pool: Pool): Promise<string[]> {
  const path = '/api/products?limit=100';
  try {
    const { body } = await pool.request({ method: 'GET', path, signal: AbortSignal.timeout(ABANDON_MS) });
    return films.parse(await body.json()).items.map(({ id }) => id);
  } catch (cause) {
    throw new Error(`there are no films to order at ${path}`, { cause });
  }
}
