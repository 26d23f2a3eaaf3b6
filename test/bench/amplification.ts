import { handleAll, retry } from 'cockatiel';
import { Pool } from 'undici';
import { atConstantRate } from '../load/open-loop.ts';
import type { Benchmark, Measured, Plot } from './benchmark.ts';
import { target, withGateways } from './gateway.ts';
import { now } from './now.ts';
import { perSecond } from './series.ts';
import { type Behavior, startStandIn } from './stand-in.ts';
import { visit } from './visits.ts';

const RPS = 200;
const SECONDS = 30;
const PEER_SECONDS = 10;
const WARM_UP = { rps: 50, seconds: 8 };

const failures: readonly (readonly [Behavior, string])[] = [
  ['unavailable', 'upstream responds with 503'],
  ['resets', 'upstream resets connections'],
  ['hangs', 'upstream hangs'],
];

interface Amplification {
  readonly ratio: number;
  readonly series: Plot['series'][number];
}

/** Arrivals at the upstream per requested call, in total and by second. */
const amplification = (name: string, arrivals: readonly number[], start: number, seconds: number) => ({
  ratio: arrivals.length / (RPS * seconds),
  series: {
    name,
    points: perSecond(arrivals, start, start + seconds * 1000).map(
      ([second, attempts]) => [second, attempts / RPS] as const,
    ),
  },
});

/** A common setup: up to three attempts per call, without a budget. */
async function naive(): Promise<Amplification> {
  const standIn = await startStandIn();
  const pool = new Pool(standIn.url);
  try {
    standIn.behave('unavailable');
    const policy = retry(handleAll, { maxAttempts: 2 });
    const call = async (): Promise<void> => {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/products/alien' });
      await body.dump();
      if (statusCode >= 500) throw new Error(`status ${statusCode}`);
    };
    const start = now();
    await atConstantRate({ rps: RPS, seconds: PEER_SECONDS }, () =>
      policy.execute(call).catch(() => undefined),
    );
    return amplification('cockatiel, 3 attempts', await standIn.arrivals(), start, PEER_SECONDS);
  } finally {
    await pool.close();
    await standIn.stop();
  }
}

/** The breaker is forced closed, so that only the budget limits retries. */
export const amplificationBenchmark: Benchmark = {
  name: 'amplification',
  question: 'How many attempts per call does a failing upstream receive?',
  load: `${RPS} product pages/s for ${SECONDS} s for each failure, breaker forced closed; retries of 3 attempts without a budget for comparison`,
  run: (report) =>
    withGateways([{}], async ({ url, upstreams: { [target]: upstream }, holdClosed }) => {
      await visit(WARM_UP, [url]);
      await holdClosed();
      const results: Amplification[] = [];
      for (const [behavior, name] of failures) {
        upstream.behave(behavior);
        await upstream.arrivals();
        const start = now();
        const load = { rps: RPS, seconds: SECONDS };
        await visit(load, [url], { report: (second) => report(`${name}: ${second} s of ${SECONDS} s`) });
        results.push(amplification(name, await upstream.arrivals(), start, SECONDS));
      }
      const measured = results.map<Measured>(({ ratio, series }) => ({
        name: series.name,
        unit: 'ratio',
        value: ratio,
        goal: '≤ 1.15',
      }));
      const peer = await naive();
      return {
        measured: [...measured, { name: peer.series.name, unit: 'ratio', value: peer.ratio }],
        plots: [
          {
            title: 'Attempts per call at a failing upstream',
            x: 'seconds since the start of the failure',
            y: 'attempts per call',
            series: [...results, peer].map(({ series }) => series),
          },
        ],
      };
    }),
};
