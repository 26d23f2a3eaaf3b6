import { setTimeout as sleep } from 'node:timers/promises';

export interface Rate {
  /** Requests a second, sent whether or not earlier ones were answered. */
  readonly rps: number;
  readonly seconds: number;
}

/**
 * Calls `send`, which must not reject, for each request in turn, from 0, with when it was due on the clock of
 * `performance.now()`; resolves when all have settled. Sends no more once `signal` has ended.
 *
 * Count latency from when a request was due, not from when it left: else a slow server slows its own test down and hides
 * what its users wait (G. Tene, "How NOT to measure latency": coordinated omission).
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
