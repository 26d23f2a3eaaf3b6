import { setTimeout as sleep } from 'node:timers/promises';
import { withGateways } from '../gateway.ts';
import { now } from '../now.ts';
import { visit } from '../visits.ts';
import { FAULT_S, type Fault, WARM_UP, failedShare } from './fault.ts';
import { withNaiveGateways } from './start-naive.ts';

const RPS = 20;
const FILMS = 50;
const PROBE_MS = 500;

/** Calls each health check every half second while the fault lasts. Returns the share of 200s by check. */
async function countReady(urls: readonly string[]): Promise<number[]> {
  const rounds = (FAULT_S * 1000) / PROBE_MS;
  const ready = urls.map(() => 0);
  const end = now() + FAULT_S * 1000;
  for (let round = 1; round <= rounds; round++) {
    const statuses = await Promise.all(urls.map(async (url) => (await fetch(url)).status));
    for (const [index, status] of statuses.entries()) if (status === 200) ready[index]! += 1;
    await sleep(Math.max(0, end - (rounds - round) * PROBE_MS - now()));
  }
  return ready.map((count) => count / rounds);
}

/** Catalog resets connections, and clients visit films that they have seen before. */
export const lastKnownGood: Fault = {
  load: `Catalog resets: catalog resets connections for ${FAULT_S} s at ${RPS} pages/s of ${FILMS} films seen before.`,
  measure: (report) =>
    withNaiveGateways([{}], (naive) =>
      withGateways([{}], async (ours) => {
        const urls = [naive.url, ours.url];
        const path = (film: number): string => `/api/products/known-${film % FILMS}`;
        await visit(WARM_UP, urls, { path });
        const gateways = [naive, ours];
        for (const { upstreams } of gateways) upstreams.catalog.behave('resets');
        const linesBefore = gateways.map(({ logLines }) => logLines());
        const probing = countReady([`${naive.url}/health`, `${ours.url}/health/ready`]);
        const visits = await visit({ rps: RPS, seconds: FAULT_S }, urls, {
          path,
          report: (second) => report(`stale: ${second} s of ${FAULT_S} s`.padEnd(40)),
        });
        const ready = await probing;
        const [without = [], own = []] = visits;
        const linesPerPage = gateways.map(
          ({ logLines }, index) => (logLines() - linesBefore[index]!) / (RPS * FAULT_S),
        );
        return {
          measured: [
            { name: 'catalog resets, naive: pages that failed', unit: 'share', value: failedShare(without) },
            {
              name: 'catalog resets, ours: pages that failed',
              unit: 'share',
              value: failedShare(own),
              goal: '≤ 0 %',
            },
            {
              name: 'catalog resets, ours: pages that report how they are degraded',
              unit: 'share',
              value: own.filter(({ page }) => page === 'degraded').length / own.length,
            },
            { name: 'catalog resets, naive: health checks that were 200', unit: 'share', value: ready[0]! },
            { name: 'catalog resets, ours: health checks that were 200', unit: 'share', value: ready[1]! },
            { name: 'catalog resets, naive: log lines per page', unit: 'ratio', value: linesPerPage[0]! },
            { name: 'catalog resets, ours: log lines per page', unit: 'ratio', value: linesPerPage[1]! },
          ],
        };
      }),
    ),
};
