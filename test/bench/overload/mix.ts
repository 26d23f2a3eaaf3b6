import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { type Rate, atConstantRate } from '../../load/open-loop.ts';

/** One request of the mix with its result. */
export interface RequestResult {
  readonly priority: 'critical' | 'normal' | 'sheddable';
  /** Time from its due time to the end of the response, in milliseconds. */
  readonly ms: number;
  /** Delay between due time and sending, in milliseconds: caused by this process. */
  readonly lateMs: number;
  /** True for a 2xx. */
  readonly done: boolean;
}

/** 1 order, 13 normal reads and 6 sheddable ones, spread over every 20 requests. */
const pattern = Array.from({ length: 20 }, (_, nth): RequestResult['priority'] =>
  nth === 0 ? 'critical' : nth % 3 === 0 ? 'sheddable' : 'normal',
);

const order = JSON.stringify({ items: [{ productId: 'alien-1979', quantity: 1 }] });
let films = 0;

/** Sends the mix at a constant rate to a catalog, or to a gateway's `/api`. Resolves when all requests have ended. */
export async function sendAtRate(url: string, rate: Rate): Promise<RequestResult[]> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { headersTimeout: 30_000 });
  const results: RequestResult[] = [];
  await atConstantRate(rate, async (nth, due) => {
    const priority = pattern[nth % pattern.length] ?? 'normal';
    const lateMs = performance.now() - due;
    const done = await request(pool, pathname.replace(/\/$/, ''), priority);
    results.push({ priority, ms: performance.now() - due, lateMs, done });
  });
  await pool.close();
  return results;
}

/** Returns the responses per second at a fixed number of concurrent reads. */
export async function saturate(url: string, atATime: number, seconds: number): Promise<number> {
  const pool = new Pool(url);
  const began = performance.now();
  const end = began + seconds * 1000;
  let finished = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (performance.now() < end) if (await request(pool, '', 'normal')) finished += 1;
  };
  await Promise.all(Array.from({ length: atATime }, oneAfterAnother));
  const took = performance.now() - began;
  await pool.close();
  return (finished * 1000) / took;
}

async function request(pool: Pool, prefix: string, priority: RequestResult['priority']): Promise<boolean> {
  const headers = { 'x-request-priority': priority };
  try {
    const { statusCode, body } = await (priority === 'critical'
      ? pool.request({
          method: 'POST',
          path: `${prefix}/orders`,
          headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
          body: order,
        })
      : pool.request({ method: 'GET', path: `${prefix}/products?q=film-${films++}`, headers }));
    await body.dump();
    return statusCode >= 200 && statusCode < 300;
  } catch {
    return false;
  }
}
