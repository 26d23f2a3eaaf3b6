import { handleAll, retry } from 'cockatiel';
import { Pool } from 'undici';
import { atConstantRate } from '../load/open-loop.ts';
import type { Benchmark, Measured, Plot } from './benchmark.ts';
import { withGateways } from './gateway.ts';
import { now } from './now.ts';
import { perSecond } from './series.ts';
import { type Behavior, startStandIn } from './stand-in.ts';
import { visit } from './visits.ts';

const RPS = 200;
const SECONDS = 30;
const PEER_SECONDS = 10;
const WARM_UP = { rps: 50, seconds: 8 };

const failures: readonly (readonly [Behavior, string])[] = [
  ['unavailable', 'upstream answers 503'],
  ['resets', 'upstream resets connections'],
  ['hangs', 'upstream hangs'],
];

interface Amplification {
  readonly ratio: number;
  readonly series: Plot['series'][number];
}

/** Arrivals upstream per call that we were asked to make, over all and second by second. */
const amplification = (name: string, arrivals: readonly number[], start: number, seconds: number) => ({
  ratio: arrivals.length / (RPS * seconds),
  series: {
    name,
    points: perSecond(arrivals, start, start + seconds * 1000).map(
      ([second, attempts]) => [second, attempts / RPS] as const,
    ),
  },
});

/** What many have: up to three attempts for each call, and nothing that counts them. */
async function naive(): Promise<Amplification> {
  const standIn = await startStandIn();
  const pool = new Pool(standIn.url);
  try {
    standIn.behave('unavailable');
    const policy = retry(handleAll, { maxAttempts: 2 });
    const call = async (): Promise<void> => {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/products/alien' });
      await body.dump();
      if (statusCode >= 500) throw new Error(`answered ${statusCode}`);
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

/** With its breaker held closed, the budget alone keeps retries from making an outage worse. */
export const amplificationBenchmark: Benchmark = {
  name: 'amplification',
  question: 'How many attempts does a failing upstream see for each call?',
  load: `${RPS} product pages/s for ${SECONDS} s for each way to fail, the breaker held closed; retries of 3 attempts with no budget for comparison`,
  run: (tell) =>
    withGateways([{}], async ({ url, recommendations, holdClosed }) => {
      await visit(WARM_UP, [url]);
      await holdClosed();
      const results: Amplification[] = [];
      for (const [behavior, name] of failures) {
        recommendations.behave(behavior);
        await recommendations.arrivals();
        const start = now();
        const load = { rps: RPS, seconds: SECONDS };
        await visit(load, [url], { tell: (second) => tell(`${name}: ${second} s of ${SECONDS} s`) });
        results.push(amplification(name, await recommendations.arrivals(), start, SECONDS));
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
            title: 'Attempts a failing upstream sees for each call',
            x: 'seconds since it fails',
            y: 'attempts per call',
            series: [...results, peer].map(({ series }) => series),
          },
        ],
      };
    }),
};
