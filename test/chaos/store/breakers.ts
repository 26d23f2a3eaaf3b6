import { z } from 'zod';
import type { Stoppable } from '../../../deploy/local/stops.ts';

const POLL_MS = 250;
const seen = z.object({
  upstreams: z.array(
    z.object({ name: z.string(), policies: z.array(z.object({ policy: z.string(), state: z.unknown() })) }),
  ),
});
const breaker = z.object({ state: z.string() });

/** A period in which a breaker had one state, in milliseconds. */
export interface BreakerSpell {
  readonly upstream: string;
  readonly state: string;
  readonly from: number;
  to: number;
}

/** Follows the breakers of a service. */
export interface BreakerWatch extends Stoppable {
  readonly faultPeriods: readonly BreakerSpell[];
  /** Breakers that are not closed, by upstream. */
  readonly notClosed: () => string[];
}

export function watchBreakers(url: string): BreakerWatch {
  const faultPeriods: BreakerSpell[] = [];
  const newest = new Map<string, BreakerSpell>();
  const look = async (): Promise<void> => {
    const response = await fetch(`${url}/ops/resilience`, { signal: AbortSignal.timeout(1000) });
    const at = performance.now();
    for (const { name, policies } of seen.parse(await response.json()).upstreams) {
      const found = breaker.safeParse(policies.find(({ policy }) => policy === 'breaker')?.state);
      if (!found.success) continue;
      const last = newest.get(name);
      if (last) last.to = at;
      if (last?.state === found.data.state) continue;
      const faultPeriod = { upstream: name, state: found.data.state, from: at, to: at };
      faultPeriods.push(faultPeriod);
      newest.set(name, faultPeriod);
    }
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    // Polls a busy or unreachable service again.
    looking = looking.then(look).catch(() => undefined);
  }, POLL_MS);
  return {
    faultPeriods,
    notClosed: () =>
      [...newest.values()].flatMap(({ upstream, state }) =>
        state === 'closed' ? [] : [`${upstream} ${state}`],
      ),
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
