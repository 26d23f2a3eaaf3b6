import { called } from '../../deploy/local/services.ts';
import { toEnvName } from '../../deploy/platform/derived.ts';
import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { type Gateway, withGateways } from './gateway.ts';
import { percentileCurve } from './series.ts';
import { visit } from './visits.ts';

const LOAD = { rps: 100, seconds: 60 };
const WARM_UP = { rps: 100, seconds: 15 };
const subjects: readonly (readonly [string, NodeJS.ProcessEnv])[] = [
  ['hedged', {}],
  ['not hedged', Object.fromEntries(called.map((name) => [`UPSTREAM_${toEnvName(name)}_HEDGE`, 'false']))],
];

/** Attempts at all upstreams since the last call. */
async function attempts({ upstreams }: Gateway): Promise<number> {
  const arrivals = await Promise.all(Object.values(upstreams).map((upstream) => upstream.arrivals()));
  return arrivals.flat().length;
}

/** The same films are slow behind both gateways, at the first attempt, independent of other requests. */
export const tailLatencyBenchmark: Benchmark = {
  name: 'tail-latency',
  question: 'What does hedging do to tail latency, and what does it cost?',
  load: `${LOAD.rps} product pages/s of each gateway in turn for ${LOAD.seconds} s; 1 % of the upstreams’ responses take 500 ms, the others 4 to 12 ms`,
  run: (report) =>
    withGateways(
      subjects.map(([, env]) => env),
      async (...gateways) => {
        for (const { upstreams } of gateways)
          for (const upstream of Object.values(upstreams)) upstream.behave('slow-at-times');
        const urls = gateways.map(({ url }) => url);
        await visit(WARM_UP, urls);
        for (const gateway of gateways) await attempts(gateway);
        const visits = await visit(LOAD, urls, {
          report: (second) => report(`${second} s of ${LOAD.seconds} s`),
        });
        const results = await Promise.all(
          gateways.map(async (gateway, index) => {
            const took = (visits[index] ?? []).map(({ ms }) => ms).toSorted((a, b) => a - b);
            const calls = called.length * took.length;
            return {
              name: subjects[index]![0],
              took,
              p99: percentile(took, 0.99),
              load: (await attempts(gateway)) / calls,
            };
          }),
        );
        const [hedged, unhedged] = results;
        const lost = visits.flat().filter(({ page }) => page !== 'whole').length;
        return {
          measured: [
            ...results.flatMap(({ name, p99, load }): Measured[] => [
              { name: `p99, ${name}`, unit: 'ms', value: p99 },
              {
                name: `attempts per call, ${name}`,
                unit: 'ratio',
                value: load,
                ...(name === 'hedged' && { goal: '≤ 1.07' }),
              },
            ]),
            {
              name: 'p99, hedged / not hedged',
              unit: 'ratio',
              value: hedged!.p99 / unhedged!.p99,
              goal: '≤ 0.3',
            },
            { name: 'incomplete pages', unit: 'count', value: lost, goal: '0' },
          ],
          plots: [
            {
              title: 'Product pages when 1 % of responses are slow',
              x: 'percent of the pages',
              y: 'response within ms',
              series: results.map(({ name, took }) => ({ name, points: percentileCurve(took) })),
            },
          ],
        };
      },
    ),
};
