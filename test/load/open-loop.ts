import { setTimeout as sleep } from 'node:timers/promises';

export interface Rate {
  /** Requests per second, sent whether or not earlier ones have responses. */
  readonly rps: number;
  readonly seconds: number;
}

/**
 * Calls `send`, which must not reject, for each request in turn, from 0, with its due time on the clock of
 * `performance.now()`. Resolves when all have settled. Sends no more once `signal` has aborted.
 * Measure latency from the due time, not from the time of sending: otherwise a slow server slows down its own test and
 * hides the waiting time of its users (G. Tene, "How NOT to measure latency": coordinated omission).
 */
export async function atConstantRate(
  { rps, seconds }: Rate,
  send: (nth: number, due: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const inFlight: Promise<void>[] = [];
  for (let nth = 0; nth < rps * seconds; nth++) {
    if (signal?.aborted) break;
    const due = started + (nth * 1000) / rps;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    inFlight.push(send(nth, due));
  }
  await Promise.all(inFlight);
}
