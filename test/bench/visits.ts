import { Pool } from 'undici';
import { type Rate, atConstantRate } from '../load/open-loop.ts';

/** One request for a product page. */
export interface Visit {
  /** When it was to be sent, in milliseconds since 1970. */
  readonly due: number;
  /** From then to the end of the answer, in milliseconds. */
  readonly ms: number;
  /** Whether there was a page at all, and whether it was the best there is. */
  readonly page: 'whole' | 'degraded' | 'none';
}

/** No film is asked for twice of the same gateway, so that no two requests share an answer. */
let films = 0;

/**
 * Asks the gateways in turn for the pages of the same films, each at the given rate, and tells what came of it
 * gateway by gateway, in the order of sending. Neighbouring requests see the same machine.
 */
export async function visit(
  { rps, seconds }: Rate,
  urls: readonly string[],
  { signal, tell }: { readonly signal?: AbortSignal; readonly tell?: (second: number) => void } = {},
): Promise<Visit[][]> {
  const pools = urls.map((url) => new Pool(url, { headersTimeout: 10_000, bodyTimeout: 10_000 }));
  const visits = urls.map((): Visit[] => []);
  const first = films;
  films += rps * seconds;
  const send = async (nth: number, due: number): Promise<void> => {
    if (nth % (rps * urls.length) === 0) tell?.(nth / (rps * urls.length));
    const turn = nth % urls.length;
    const film = first + Math.floor(nth / urls.length);
    const page = await request(pools[turn]!, `/api/products/film-${film}`);
    visits[turn]!.push({ due: performance.timeOrigin + due, ms: performance.now() - due, page });
  };
  await atConstantRate({ rps: rps * urls.length, seconds }, send, signal);
  await Promise.all(pools.map((pool) => pool.close()));
  return visits.map((of) => of.toSorted((a, b) => a.due - b.due));
}

async function request(pool: Pool, path: string): Promise<Visit['page']> {
  try {
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path });
    await body.dump();
    if (statusCode !== 200) return 'none';
    return headers['x-degraded'] === undefined ? 'whole' : 'degraded';
  } catch {
    return 'none';
  }
}
