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
  let working: (Work & { readonly ends: number })[] = [];

  /** Sends a request every `everyMs` until `until`, in milliseconds, and returns the number of responses. */
  return function run(until: number, { concurrency, serviceMs }: SimulatedServer, everyMs: number): number {
    let responses = 0;
    for (let arrival = now + everyMs; arrival <= until;) {
      now = working.reduce((next, { ends }) => Math.min(next, ends), arrival);
      for (const { startedAt, inFlight } of working.filter(({ ends }) => ends <= now)) {
        responses += 1;
        limit.sample(now, { rttMs: now - startedAt, inFlight, outcome: 'completed' });
      }
      working = working.filter(({ ends }) => ends > now);
      if (now === arrival) {
        const inFlight = working.length + waiting.length + 1;
        if (inFlight <= limit.current(now)) waiting.push({ startedAt: now, inFlight });
        arrival += everyMs;
      }
      for (const work of waiting.splice(0, Math.max(0, concurrency - working.length)))
        working.push({ ...work, ends: now + serviceMs() });
    }
    return responses;
  };
}
