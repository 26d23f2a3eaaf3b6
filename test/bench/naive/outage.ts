import type { Measured } from '../benchmark.ts';
import { withGateways } from '../gateway.ts';
import { now } from '../now.ts';
import { firstGoodSecond, perSecond } from '../series.ts';
import { visit } from '../visits.ts';
import { type Fault, WARM_UP, failedShare } from './fault.ts';
import { withNaiveGateways } from './start-naive.ts';

const RPS = 50;
const OUTAGE_S = 20;
const RECOVERY_S = 20;

/** A naive gateway logs so much about each failure that it would slow down the load generator. */
const QUIET = { LOG_LEVEL: 'silent' };

/** Recommendations respond with 503 and return: calls and pages during the outage, and the recovery. */
export const outage: Fault = {
  load: `503: recommendations respond with 503 for ${OUTAGE_S} s at ${RPS} product pages/s.`,
  measure: (report) =>
    withNaiveGateways([QUIET, { ...QUIET, RETRIES: '2' }], (naive, naiveRetries) =>
      withGateways([QUIET, QUIET], async (budgetOnly, ours) => {
        await budgetOnly.holdClosed('recommendations');
        const subjects = [
          { name: 'naive', gateway: naive },
          { name: 'naive with 3 tries', gateway: naiveRetries },
          { name: 'ours, breaker forced closed', gateway: budgetOnly },
          { name: 'ours', gateway: ours },
        ];
        const urls = subjects.map(({ gateway }) => gateway.url);
        for (const { url } of [budgetOnly, ours]) await fetch(`${url}/api/home`);
        await visit(WARM_UP, urls);
        for (const { gateway } of subjects) {
          gateway.upstreams.recommendations.behave('unavailable');
          await gateway.upstreams.recommendations.arrivals();
        }
        const start = now();
        const down = await visit({ rps: RPS, seconds: OUTAGE_S }, urls, {
          report: (second) => report(`503: ${second} s of ${OUTAGE_S} s`.padEnd(40)),
        });
        const returned = now();
        for (const { gateway } of subjects) gateway.upstreams.recommendations.behave('healthy');
        const after = await visit({ rps: RPS, seconds: RECOVERY_S }, urls, {
          report: (second) => report(`recovery: ${second} s of ${RECOVERY_S} s`.padEnd(40)),
        });

        const measured: Measured[] = [];
        const series = [];
        for (const [index, { name, gateway }] of subjects.entries()) {
          const arrivals = await gateway.upstreams.recommendations.arrivals();
          const [own = [], pages = []] = [down[index], after[index]];
          const calls = arrivals.filter((at) => at < returned).length;
          const results = pages.map(({ due, page }) => ({ at: due, good: page === 'whole' }));
          const wholeAgain = firstGoodSecond(results, returned, 0.99) ?? Number.NaN;
          measured.push(
            { name: `503, ${name}: pages that failed`, unit: 'share', value: failedShare(own) },
            { name: `503, ${name}: calls per page`, unit: 'ratio', value: calls / own.length },
            {
              name: `503, ${name}: from the return to whole pages`,
              unit: 's',
              value: (wholeAgain - returned) / 1000,
            },
          );
          series.push({ name, points: perSecond(arrivals, start, now()) });
        }
        return {
          measured,
          plots: [
            {
              title: `Calls to recommendations that respond with 503 for ${OUTAGE_S} s`,
              x: 'seconds since they fail',
              y: 'calls per second',
              series,
              bands: [{ name: '503', kind: 'fault', from: 0, to: OUTAGE_S }],
            },
          ],
        };
      }),
    ),
};
