import type { ConcurrencyLimit } from '../src/concurrency-limit.ts';

export interface SimulatedServer {
  /** How many requests it works on at a time; the others wait their turn. */
  readonly concurrency: number;
  /** How long it works on the next one, in milliseconds. */
  readonly serviceMs: () => number;
}

interface Work {
  readonly began: number;
  readonly inFlight: number;
}

/** A server behind a limit, in virtual time: first come, first served, and who finds the limit reached is refused. */
export function simulate(limit: ConcurrencyLimit) {
  let now = 0;
  const waiting: Work[] = [];
  let working: (Work & { readonly ends: number })[] = [];

  /** Offers a request every `everyMs` until `until`, in milliseconds; how many were answered meanwhile. */
  return function run(until: number, { concurrency, serviceMs }: SimulatedServer, everyMs: number): number {
    let answered = 0;
    for (let arrival = now + everyMs; arrival <= until;) {
      const next = working.reduce((ends, work) => Math.min(ends, work.ends), arrival);
      now = next;
      for (const { began, inFlight } of working.filter(({ ends }) => ends <= now)) {
        answered += 1;
        limit.sample(now, { rttMs: now - began, inFlight, outcome: 'completed' });
      }
      working = working.filter(({ ends }) => ends > now);
      if (now === arrival) {
        const inFlight = working.length + waiting.length + 1;
        if (inFlight <= limit.current(now)) waiting.push({ began: now, inFlight });
        arrival += everyMs;
      }
      for (const work of waiting.splice(0, Math.max(0, concurrency - working.length)))
        working.push({ ...work, ends: now + serviceMs() });
    }
    return answered;
  };
}
