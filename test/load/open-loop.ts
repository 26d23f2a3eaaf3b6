import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Load {
  readonly url: string;
  /** Requests a second, sent whether or not earlier ones were answered. */
  readonly rps: number;
  readonly seconds: number;
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
  const send = async (due: number): Promise<void> => {
    const status = await request(pool, pathname + search);
    outcome.latencies.push(performance.now() - due);
    outcome.statuses.set(status, (outcome.statuses.get(status) ?? 0) + 1);
  };

  const started = performance.now();
  const underWay: Promise<void>[] = [];
  for (let sent = 0; sent < rps * seconds; sent++) {
    const due = started + (sent * 1000) / rps;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    underWay.push(send(due));
    if ((sent + 1) % rps === 0) onSecond((sent + 1) / rps);
  }
  await Promise.all(underWay);
  await pool.close();
  return outcome;
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
