import type { ConcurrencyLimit } from '../src/concurrency-limit.ts';

export interface SimulatedServer {
  /** Requests that it works on at a time. The others wait. */
  readonly concurrency: number;
  /** Returns the duration of the next work, in milliseconds. */
  readonly serviceMs: () => number;
}

interface Work {
  readonly startedAt: number;
  readonly inFlight: number;
}

/**
 * Simulates a server behind a limit in virtual time. It serves in order of arrival, and rejects requests above the
 * limit.
 */
export function simulate(limit: ConcurrencyLimit) {
  let now = 0;
  const waiting: Work[] = [];
  /** By their ends. */
  const working: (Work & { readonly ends: number })[] = [];
  const startWork = ({ startedAt, inFlight }: Work, ends: number): void => {
    let place = working.length;
    for (; place > 0 && working[place - 1]!.ends > ends; place -= 1) working[place] = working[place - 1]!;
    working[place] = { startedAt, inFlight, ends };
  };

  /** Sends a request every `everyMs` until `until`, in milliseconds, and returns the number of responses. */
  return function run(until: number, { concurrency, serviceMs }: SimulatedServer, everyMs: number): number {
    let responses = 0;
    for (let arrival = now + everyMs; arrival <= until;) {
      now = Math.min(arrival, working[0]?.ends ?? arrival);
      while (working[0] && working[0].ends <= now) {
        const { startedAt, inFlight } = working.shift()!;
        responses += 1;
        limit.sample(now, { rttMs: now - startedAt, inFlight, outcome: 'completed' });
      }
      if (now === arrival) {
        const inFlight = working.length + waiting.length + 1;
        if (inFlight <= limit.current(now)) waiting.push({ startedAt: now, inFlight });
        arrival += everyMs;
      }
      while (working.length < concurrency && waiting.length > 0)
        startWork(waiting.shift()!, now + serviceMs());
    }
    return responses;
  };
}
