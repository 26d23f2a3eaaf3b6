import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { type Gateway, target, withGateways } from './gateway.ts';
import { now } from './now.ts';
import { firstGoodSecond, peakPerSecond, perSecond } from './series.ts';
import { visit } from './visits.ts';

const RPS = 100;
const LONGEST_S = 140;
const WARM_UP_MS = 12_000;
/** Time for which the upstream's rate is measured after the breaker has closed. */
const SETTLE_MS = 8_000;
const FIRST_OPENING_MS = 10_000;
const OPENING_AFTER_TWO_PROBES_MS = 40_000;

interface Outage {
  readonly returned: number;
  /** Length of the opening during which the upstream recovers. */
  readonly openMs: number;
}

/** Fails until the breaker opens for `openMs`, then recovers. */
async function outage({ upstreams, breaker }: Gateway, openMs: number): Promise<Outage> {
  upstreams[target].behave('unavailable');
  await eventually(async () => {
    const seen = await breaker();
    if (seen.state !== 'open' || seen.openMs < openMs) throw new Error(`not yet: ${JSON.stringify(seen)}`);
  }, 2 * openMs);
  upstreams[target].behave('healthy');
  return { returned: now(), openMs };
}

/** Waits until the breaker has closed, and some time longer. Resolves with the time of closing. */
async function recovered({ breaker }: Gateway, { openMs }: Outage): Promise<number> {
  await eventually(async () => {
    const { state } = await breaker();
    if (state !== 'closed') throw new Error(`the breaker is still ${state}`);
  }, openMs + 20_000);
  await sleep(SETTLE_MS);
  return now();
}

export const recoveryBenchmark: Benchmark = {
  name: 'recovery',
  question: 'How soon are pages complete after an upstream recovers, and is it overloaded meanwhile?',
  load: `${RPS} product pages/s; ${target} responds with 503 until the breaker opens, then until two probes have failed`,
  run: (report) =>
    withGateways([{}], async (gateway) => {
      const started = now();
      const end = new AbortController();
      const load = { rps: RPS, seconds: LONGEST_S };
      const visiting = visit(load, [gateway.url], {
        signal: end.signal,
        report: (second) => report(`${second} s of some 110 s`),
      });
      const outages: (Outage & { readonly settled: number })[] = [];
      try {
        await sleep(WARM_UP_MS);
        for (const openMs of [FIRST_OPENING_MS, OPENING_AFTER_TWO_PROBES_MS]) {
          const one = await outage(gateway, openMs);
          outages.push({ ...one, settled: await recovered(gateway, one) });
        }
      } finally {
        end.abort();
      }
      const [visits = []] = await visiting;
      const arrivals = await gateway.upstreams[target].arrivals();
      const pages = visits.map(({ due, page }) => ({ at: due, good: page === 'whole' }));

      const measured = outages.flatMap(({ returned, openMs, settled }): Measured[] => {
        const whole = firstGoodSecond(pages, returned, 0.99) ?? Number.NaN;
        const meanwhile = arrivals.filter((at) => at >= returned && at < settled);
        return [
          {
            name: `whole pages, breaker open for ${openMs / 1000} s`,
            unit: 'ms',
            value: whole - returned,
            goal: `≤ ${openMs + 6000}`,
          },
          {
            name: 'peak rate upstream meanwhile / steady',
            unit: 'ratio',
            value: peakPerSecond(meanwhile) / RPS,
            goal: '≤ 1.2',
          },
        ];
      });
      const lost = visits.filter(({ page }) => page === 'none').length;
      const ended = visits.at(-1)?.due ?? started;
      const good = pages.filter((page) => page.good).map(({ at }) => at);
      return {
        measured: [...measured, { name: 'pages without a response', unit: 'count', value: lost, goal: '0' }],
        plots: [
          {
            title: `Two outages of ${target}`,
            x: 'seconds',
            y: 'per second',
            series: [
              { name: 'whole pages', points: perSecond(good, started, ended) },
              { name: 'requests upstream', points: perSecond(arrivals, started, ended) },
            ],
          },
        ],
      };
    }),
};
