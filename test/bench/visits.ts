import { Pool } from 'undici';
import { type Rate, atConstantRate } from '../load/open-loop.ts';

/** One request for a product page. */
export interface Visit {
  /** Due time, in milliseconds since 1970. */
  readonly due: number;
  /** Time from then to the end of the response, in milliseconds. */
  readonly ms: number;
  /** `whole`: complete; `degraded`: a page with a degraded part. */
  readonly page: 'whole' | 'degraded' | 'none';
}

export interface VisitOptions {
  readonly signal?: AbortSignal;
  readonly report?: (second: number) => void;
  /** Returns the path to visit for a number that is never given twice. @default the product page of a new film */
  readonly path?: (film: number) => string;
}

/** Each film of a product page is requested once per gateway, so that no two requests share a response. */
let films = 0;

/**
 * Requests the pages of the same films from the gateways in turn, each at the given rate. Returns the results by
 * gateway, in the order of sending. Neighboring requests run under the same conditions.
 */
export async function visit(
  { rps, seconds }: Rate,
  urls: readonly string[],
  { signal, report, path = (film) => `/api/products/film-${film}` }: VisitOptions = {},
): Promise<Visit[][]> {
  const pools = urls.map((url) => new Pool(url, { headersTimeout: 10_000, bodyTimeout: 10_000 }));
  const visits = urls.map((): Visit[] => []);
  const first = films;
  films += rps * seconds;
  const send = async (nth: number, due: number): Promise<void> => {
    if (nth % (rps * urls.length) === 0) report?.(nth / (rps * urls.length));
    const turn = nth % urls.length;
    const film = first + Math.floor(nth / urls.length);
    const page = await request(pools[turn]!, path(film));
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
