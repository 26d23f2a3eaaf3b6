import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createUpstream } from '@film-store/resilience';
import { atConstantRate } from '../load/open-loop.ts';
import type { Measured } from './benchmark.ts';
import { now } from './now.ts';
import { type Behavior, type StandIn, startStandIn } from './stand-in.ts';

const RATES = [20, 80, 320];
const HEALTHY_S = 10;
const OPENS_WITHIN_S = 8;
const DEADLINE_MS = 1_000;

const deaths: readonly (readonly [Behavior, string])[] = [
  ['unavailable', 'fails'],
  ['hangs', 'hangs'],
];

/** Calls a stand-in through all policies, and lets it die. Resolves with the calls that reach it until the breaker opens. */
async function die(
  standIn: StandIn,
  behavior: Behavior,
  rps: number,
): Promise<{ calls: number; ms: number }> {
  const upstream = createUpstream('products', { url: standIn.url, deadlineMs: DEADLINE_MS });
  const end = new AbortController();
  const load = { rps, seconds: HEALTHY_S + OPENS_WITHIN_S };
  const call = (nth: number) =>
    upstream.get(`/products/${nth}`, { schema: z.unknown() }).then(
      () => undefined,
      () => undefined,
    );
  const calling = atConstantRate(load, call, end.signal);
  try {
    await sleep(HEALTHY_S * 1000);
    const opened = once(upstream.breaker, 'open', { signal: AbortSignal.timeout(OPENS_WITHIN_S * 1000) });
    const died = now();
    standIn.behave(behavior);
    await opened;
    const ms = now() - died;
    const arrivals = await standIn.arrivals();
    return { calls: arrivals.filter((at) => at >= died).length, ms };
  } finally {
    end.abort();
    await calling;
    await upstream.onApplicationShutdown();
  }
}

/** The upstreams of all rates die at the same time. */
export async function measureDeadUpstreams(report: (progress: string) => void): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [behavior, name] of deaths) {
    report(`an upstream that ${name}`);
    const standIns = await Promise.all(RATES.map(() => startStandIn()));
    try {
      const results = await Promise.all(RATES.map((rps, index) => die(standIns[index]!, behavior, rps)));
      for (const [index, { calls, ms }] of results.entries()) {
        const rps = RATES[index]!;
        const limitMs = name === 'hangs' ? 500 + DEADLINE_MS : 500;
        measured.push(
          { name: `${name} at ${rps}/s: calls that reach it`, unit: 'count', value: calls, goal: '≤ 25' },
          {
            name: `${name} at ${rps}/s: until the breaker is open`,
            unit: 'ms',
            value: ms,
            ...(rps >= 80 && { goal: `≤ ${limitMs}` }),
          },
        );
      }
    } finally {
      await Promise.all(standIns.map((standIn) => standIn.stop()));
    }
  }
  return measured;
}
