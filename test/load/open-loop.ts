import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Rate {
  /** Requests a second, sent whether or not earlier ones were answered. */
  readonly rps: number;
  readonly seconds: number;
}

export interface Load extends Rate {
  readonly url: string;
}

export interface Outcome {
  /** Milliseconds from when the request was due, so that a stall counts against all that it delayed. */
  readonly latencies: number[];
  /** How many answers had each status; `error` where there was none. */
  readonly statuses: Map<number | 'error', number>;
}

/**
 * Sends requests at a constant rate and waits for all answers. Latency counts from the intended start of a request,
 * not from when it left: else a slow server slows its own test down and hides what its users wait
 * (G. Tene, "How NOT to measure latency": coordinated omission).
 */
export async function runOpenLoop(
  { url, rps, seconds }: Load,
  onSecond: (second: number) => void,
): Promise<Outcome> {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin);
  const outcome: Outcome = { latencies: [], statuses: new Map() };
  await atConstantRate({ rps, seconds }, async (nth, due) => {
    if (nth > 0 && nth % rps === 0) onSecond(nth / rps);
    const status = await request(pool, pathname + search);
    outcome.latencies.push(performance.now() - due);
    outcome.statuses.set(status, (outcome.statuses.get(status) ?? 0) + 1);
  });
  await pool.close();
  return outcome;
}

/**
 * Calls `send`, which must not reject, for each request in turn, from 0, with when it was due on the clock of
 * `performance.now()`; resolves when all have settled. Sends no more once `signal` has ended.
 */
export async function atConstantRate(
  { rps, seconds }: Rate,
  send: (nth: number, due: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const underWay: Promise<void>[] = [];
  for (let nth = 0; nth < rps * seconds; nth++) {
    if (signal?.aborted) break;
    const due = started + (nth * 1000) / rps;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    underWay.push(send(nth, due));
  }
  await Promise.all(underWay);
}

async function request(pool: Pool, path: string): Promise<number | 'error'> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path });
    await body.dump();
    return statusCode;
  } catch {
    return 'error';
  }
}
