import { percentile } from '../../load/percentiles.ts';
import type { Measured } from '../benchmark.ts';
import { withGateways } from '../gateway.ts';
import { type Visit, visit } from '../visits.ts';
import { FAULT_S, type Fault, WARM_UP, failedShare } from './fault.ts';
import { withNaiveGateways } from './start-naive.ts';

const RPS = 30;

const toAscendingMs = (visits: readonly Visit[]): number[] =>
  visits.map(({ ms }) => ms).toSorted((a, b) => a - b);

/** Recommendations hang: without a timeout, with one of 5 s, and with a deadline and an adaptive timeout. */
export const hang: Fault = {
  load: `Hang: recommendations hang for ${FAULT_S} s at ${RPS} product pages/s.`,
  measure: (report) =>
    withNaiveGateways([{}, { TIMEOUT_MS: '5000' }], (naive, naiveTimeout) =>
      withGateways([{}], async (ours) => {
        const gateways = [naive, naiveTimeout, ours];
        const urls = gateways.map(({ url }) => url);
        await fetch(`${ours.url}/api/home`);
        const healthy = await visit(WARM_UP, urls);
        for (const { upstreams } of gateways) upstreams.recommendations.behave('hangs');
        const load = { rps: RPS, seconds: FAULT_S };
        const [without = [], fixed = [], own = []] = await visit(load, urls, {
          report: (second) => report(`hang: ${second} s of ${FAULT_S} s`.padEnd(40)),
        });
        const ownMs = toAscendingMs(own);
        const share = (name: string, visits: readonly Visit[]): Measured => ({
          name: `hang, ${name}: pages that failed`,
          unit: 'share',
          value: failedShare(visits),
          ...(visits === own && { goal: '≤ 0 %' }),
        });
        return {
          measured: [
            share('naive', without),
            share('naive with a timeout of 5 s', fixed),
            share('ours', own),
            {
              name: 'hang: median wait, naive with a timeout of 5 s / ours',
              unit: 'ratio',
              value: percentile(toAscendingMs(fixed), 0.5) / percentile(ownMs, 0.5),
            },
            {
              name: 'hang, ours: p99 / p99 while all is healthy',
              unit: 'ratio',
              value: percentile(ownMs, 0.99) / percentile(toAscendingMs(healthy[2] ?? []), 0.99),
            },
            {
              name: 'hang, ours: p50 / p50 while all is healthy',
              unit: 'ratio',
              value: percentile(ownMs, 0.5) / percentile(toAscendingMs(healthy[2] ?? []), 0.5),
            },
          ],
        };
      }),
    ),
};
