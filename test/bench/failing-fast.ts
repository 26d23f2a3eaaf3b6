import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../load/percentiles.ts';
import { eventually } from '../support/eventually.ts';
import type { Benchmark } from './benchmark.ts';
import { target, withGateways } from './gateway.ts';
import { percentileCurve } from './series.ts';
import { visit } from './visits.ts';

const LOAD = { rps: 60, seconds: 60 };
const WARM_UP = { rps: 60, seconds: 12 };
const OPENS_WITHIN_S = 30;

/** Two gateways that differ in one thing only: a service that pages can do without hangs behind one of them. They are called in turn. */
export const failingFastBenchmark: Benchmark = {
  name: 'failing-fast',
  question: 'How fast is a page without an upstream that hangs?',
  load: `${LOAD.rps} product pages/s of each of two gateways in turn for ${LOAD.seconds} s, probes of the breaker included`,
  run: (report) =>
    withGateways([{}, {}], async (healthy, failing) => {
      const urls = [healthy.url, failing.url];
      // This page stores fallbacks, like the first page of any user.
      for (const url of urls) await fetch(`${url}/api/home`);
      await visit(WARM_UP, urls);
      failing.upstreams[target].behave('hangs');
      const opened = new AbortController();
      const meanwhile = visit({ ...LOAD, seconds: OPENS_WITHIN_S }, urls, { signal: opened.signal });
      await eventually(async () => {
        const { state } = await failing.breaker();
        if (state !== 'open') throw new Error(`the breaker is ${state} although its upstream hangs`);
      }, OPENS_WITHIN_S * 1000).finally(() => opened.abort());
      const opening = await meanwhile;
      await sleep(1000);

      const open = await visit(LOAD, urls, {
        report: (second) => report(`${second} s of ${LOAD.seconds} s`),
      });
      const [healthyMs = [], failingMs = []] = open.map((visits) =>
        visits.map(({ ms }) => ms).toSorted((a, b) => a - b),
      );
      const [healthyP99, failingP99] = [percentile(healthyMs, 0.99), percentile(failingMs, 0.99)];
      const lost = [...opening, ...open].flat().filter(({ page }) => page === 'none').length;
      return {
        measured: [
          { name: 'p99, all healthy', unit: 'ms', value: healthyP99 },
          { name: `p99, ${target} hanging, breaker open`, unit: 'ms', value: failingP99 },
          { name: 'failing fast / healthy', unit: 'ratio', value: failingP99 / healthyP99, goal: '≤ 1.5' },
          { name: 'pages without a response since the hang', unit: 'count', value: lost, goal: '0' },
        ],
        plots: [
          {
            title: `Product pages while ${target} hangs`,
            x: 'percent of the pages',
            y: 'response within ms',
            series: [
              { name: 'all healthy', points: percentileCurve(healthyMs) },
              { name: `${target} hanging`, points: percentileCurve(failingMs) },
            ],
          },
        ],
      };
    }),
};
