import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createUpstream } from '@film-store/resilience';
import { atConstantRate } from '../load/open-loop.ts';
import type { Measured } from './benchmark.ts';
import { median } from './median.ts';
import { now } from './now.ts';
import { type Behavior, type StandIn, startStandIn } from './stand-in.ts';

const RATES = [20, 80, 320];
const HEALTHY_S = 10;
const OPENS_WITHIN_S = 8;
const ROUNDS = 3;
const DEADLINE_MS = 1_000;

interface Death {
  /** Calls that reach the upstream from its death until the breaker opens. */
  readonly calls: number;
  readonly ms: number;
}

const deaths: readonly (readonly [Behavior, string])[] = [
  ['unavailable', 'fails'],
  ['hangs', 'hangs'],
];

/** Calls a stand-in through all policies, and lets it die. */
async function die(standIn: StandIn, behavior: Behavior, rps: number): Promise<Death> {
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

/** The upstreams of all rates die at the same time, in rounds. The results are medians: other work on the machine scatters them. */
export async function measureDeadUpstreams(report: (progress: string) => void): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [behavior, name] of deaths) {
    const rounds: Death[][] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      report(`an upstream that ${name}, round ${round} of ${ROUNDS}`);
      rounds.push(await dieAtAllRates(behavior));
    }
    const limitMs = behavior === 'hangs' ? 500 + DEADLINE_MS : 500;
    for (const [index, rps] of RATES.entries()) {
      const all = rounds.map((round) => round[index]!);
      const ms: Measured = {
        name: `${name} at ${rps}/s: until the breaker is open`,
        unit: 'ms',
        value: median(all.map((each) => each.ms)),
      };
      measured.push(
        {
          name: `${name} at ${rps}/s: calls that reach it`,
          unit: 'count',
          value: median(all.map(({ calls }) => calls)),
          goal: '≤ 25',
        },
        rps >= 80 ? { ...ms, goal: `≤ ${limitMs}` } : ms,
      );
    }
  }
  return measured;
}

async function dieAtAllRates(behavior: Behavior): Promise<Death[]> {
  const standIns = await Promise.all(RATES.map(() => startStandIn()));
  try {
    return await Promise.all(RATES.map((rps, index) => die(standIns[index]!, behavior, rps)));
  } finally {
    await Promise.all(standIns.map((standIn) => standIn.stop()));
  }
}
