import type { Result } from '../bench/result.ts';
import { environmentInfo } from '../support/environment-info.ts';
import type { Load } from './run-load.ts';
import { type Sample, outcomes } from './sample.ts';
import { perSecond, summarize } from './summary.ts';

/** Converts the samples of one address for the page. `name` is unique among the results. */
export function toResult(
  name: string,
  { url, rps, seconds, orders }: Load,
  samples: readonly Sample[],
): Result {
  const share = orders > 0 ? `, ${Number((orders * 100).toPrecision(3))} % of them orders` : '';
  const overTime = perSecond(samples);
  const latency = (percentile: 'p50' | 'p99') =>
    overTime.flatMap(({ latency }, second): [number, number][] =>
      latency ? [[second, latency[percentile]]] : [],
    );
  return {
    name,
    question: url,
    load: `${rps} requests a second for ${seconds} s, open loop${share}; ${samples.length} were sent`,
    ...environmentInfo(),
    measured: summarize(samples).flatMap(({ name, count, latencies: { p50, p99, max } }) => [
      { name, unit: 'count' as const, value: count },
      { name: `${name}: p50`, unit: 'ms' as const, value: p50 },
      { name: `${name}: p99`, unit: 'ms' as const, value: p99 },
      { name: `${name}: max`, unit: 'ms' as const, value: max },
    ]),
    plots: [
      {
        title: 'Latency of requests with a 2xx, from their due time',
        x: 'second',
        y: 'ms',
        series: (['p50', 'p99'] as const).map((name) => ({ name, points: latency(name) })),
      },
      {
        title: 'Results of requests',
        x: 'second',
        y: 'requests due in the second',
        series: outcomes
          .map((name) => ({
            name,
            points: overTime.map(({ counts }, second): [number, number] => [second, counts[name]]),
          }))
          .filter(({ points }) => points.some(([, count]) => count > 0)),
      },
    ],
  };
}
