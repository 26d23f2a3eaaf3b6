import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { film, films, json } from '../../apps/gateway/test/fake-upstream.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured, Outcome } from './benchmark.ts';
import { withGateways } from './gateway.ts';
import { startUpstream } from './naive/upstream.ts';
import { withNaiveGateways } from './naive/start-naive.ts';
import { now } from './now.ts';
import { firstGoodSecond, perSecond } from './series.ts';
import { type Visit, visit } from './visits.ts';

const WARM_UP = { rps: 50, seconds: 6 };
/** Each fault lasts so long. */
const FAULT_S = 10;
const HANG_RPS = 30;
const OUTAGE_RPS = 50;
const OUTAGE_S = 20;
const STALE_RPS = 20;
const STALE_FILMS = 50;
const BULKHEAD_RPS = 100;
const SEARCH_RPS = 20;
const RECOVERY_S = 20;
const PROBE_MS = 500;
/** A page that takes longer than the budget of a read is too late. */
const IN_TIME_MS = 1000;
const SOCKETS = 64;
const ORDERS = 100;
const LOST_EVERY = 4;
const ORDER_MS = 100;
const CLIENT_LEAVES_MS = 50;

/** A naive gateway logs so much about each failure that it would slow down the load generator. */
const QUIET = { LOG_LEVEL: 'silent' };

type ReportProgress = (progress: string) => void;

/** One fault after another, each behind fresh gateways: naive ones and ours, side by side. */
export const naiveBenchmark: Benchmark = {
  name: 'naive',
  question: 'What does each pattern change, compared with a Nest gateway that has none of them?',
  load:
    `The load on each gateway. Hang: recommendations hang for ${FAULT_S} s at ${HANG_RPS} product pages/s. ` +
    `503: recommendations respond with 503 for ${OUTAGE_S} s at ${OUTAGE_RPS} product pages/s. ` +
    `Bulkhead: recommendations hang for ${FAULT_S} s at ${BULKHEAD_RPS} product pages/s and ${SEARCH_RPS} searches/s; ` +
    'both upstreams have one address, our breaker is forced closed, and our attempt timeout is 1 s. ' +
    `Catalog resets: catalog resets connections for ${FAULT_S} s at ${STALE_RPS} pages/s of ${STALE_FILMS} films seen before. ` +
    `Orders: every ${LOST_EVERY}th of ${ORDERS} orders loses its response and is sent again. ` +
    'Clients wait for at most 10 s',
  async run(report) {
    const outcomes: Outcome[] = [];
    for (const measure of [timeouts, outage, bulkhead, lastKnownGood, orders])
      outcomes.push(await measure(report));
    return {
      measured: outcomes.flatMap(({ measured }) => measured),
      plots: outcomes.flatMap(({ plots = [] }) => plots),
    };
  },
};

const isPage = ({ page }: Visit): boolean => page !== 'none';
const failedShare = (visits: readonly Visit[]): number =>
  visits.filter((each) => !isPage(each)).length / visits.length;
const toAscendingMs = (visits: readonly Visit[]): number[] =>
  visits.map(({ ms }) => ms).toSorted((a, b) => a - b);

/** Recommendations hang: without a timeout, with one of 5 s, and with a deadline and an adaptive timeout. */
const timeouts = (report: ReportProgress): Promise<Outcome> =>
  withNaiveGateways([{}, { TIMEOUT_MS: '5000' }], (naive, naiveTimeout) =>
    withGateways([{}], async (ours) => {
      const gateways = [naive, naiveTimeout, ours];
      const urls = gateways.map(({ url }) => url);
      await fetch(`${ours.url}/api/home`);
      const healthy = await visit(WARM_UP, urls);
      for (const { upstreams } of gateways) upstreams.recommendations.behave('hangs');
      const load = { rps: HANG_RPS, seconds: FAULT_S };
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
  );

/** Recommendations respond with 503 and return: calls and pages during the outage, and the recovery. */
const outage = (report: ReportProgress): Promise<Outcome> =>
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
      const down = await visit({ rps: OUTAGE_RPS, seconds: OUTAGE_S }, urls, {
        report: (second) => report(`503: ${second} s of ${OUTAGE_S} s`.padEnd(40)),
      });
      const returned = now();
      for (const { gateway } of subjects) gateway.upstreams.recommendations.behave('healthy');
      const after = await visit({ rps: OUTAGE_RPS, seconds: RECOVERY_S }, urls, {
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
  );

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

/** Serves catalog and recommendations at one address, as an internal proxy does. */
const serveBoth: RequestListener = ({ url = '' }, response) => {
  const [path = ''] = url.split('?');
  if (path.startsWith('/recommendations')) json(films('alien'))(response);
  else if (path === '/products') json({ items: [], nextCursor: null })(response);
  else
    json({
      product: film(path.slice('/products/'.length)),
      availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
    })(response);
};
const serveCatalogOnly: RequestListener = (request, response) => {
  if (!request.url?.startsWith('/recommendations')) serveBoth(request, response);
};

/** Recommendations hang: do searches, which do not need them, suffer? Ours has only its bulkhead to limit the calls. */
async function bulkhead(report: ReportProgress): Promise<Outcome> {
  const stops = new Stops();
  try {
    const names = ['naive', `naive with ${SOCKETS} sockets`, 'ours'];
    const proxies = await Promise.all(names.map(async () => stops.add(await startUpstream(serveBoth))));
    const [env, limitedEnv, ourEnv] = proxies.map(({ url }) => ({
      CATALOG_URL: url,
      RECOMMENDATIONS_URL: url,
    }));
    const oneSecondAttempts = {
      UPSTREAM_RECOMMENDATIONS_TIMEOUT_FLOOR_MS: '1000',
      UPSTREAM_RECOMMENDATIONS_HEDGE: 'false',
    };
    const naiveEnv = [{ ...env }, { ...limitedEnv, MAX_SOCKETS: String(SOCKETS) }];
    return await withNaiveGateways(naiveEnv, (naive, naiveSockets) =>
      withGateways([{ ...ourEnv, ...oneSecondAttempts }], async (ours) => {
        await ours.holdClosed('recommendations');
        const urls = [naive, naiveSockets, ours].map(({ url }) => url);
        await fetch(`${ours.url}/api/home`);
        await visit(WARM_UP, urls);
        for (const proxy of proxies) proxy.respond(serveCatalogOnly);
        const [searches, pages] = await Promise.all([
          visit({ rps: SEARCH_RPS, seconds: FAULT_S }, urls, {
            path: (film) => `/api/products?q=film-${film}`,
            report: (second) => report(`bulkhead: ${second} s of ${FAULT_S} s`.padEnd(40)),
          }),
          visit({ rps: BULKHEAD_RPS, seconds: FAULT_S }, urls),
        ]);
        return {
          measured: names.flatMap((name, index): Measured[] => {
            const own = searches[index] ?? [];
            const late = own.filter((each) => !isPage(each) || each.ms > IN_TIME_MS).length;
            return [
              {
                name: `bulkhead, ${name}: searches that failed or took over 1 s`,
                unit: 'share',
                value: late / own.length,
              },
              {
                name: `bulkhead, ${name}: product pages that failed`,
                unit: 'share',
                value: failedShare(pages[index] ?? []),
              },
              {
                name: `bulkhead, ${name}: most requests open at the upstreams`,
                unit: 'count',
                value: proxies[index]!.mostOpen(),
              },
            ];
          }),
        };
      }),
    );
  } finally {
    await stops.stop();
  }
}

/** Catalog resets connections, and clients visit films that they have seen before. */
const lastKnownGood = (report: ReportProgress): Promise<Outcome> =>
  withNaiveGateways([{}], (naive) =>
    withGateways([{}], async (ours) => {
      const urls = [naive.url, ours.url];
      const path = (film: number): string => `/api/products/known-${film % STALE_FILMS}`;
      await visit(WARM_UP, urls, { path });
      const gateways = [naive, ours];
      for (const { upstreams } of gateways) upstreams.catalog.behave('resets');
      const linesBefore = gateways.map(({ logLines }) => logLines());
      const probing = countReady([`${naive.url}/health`, `${ours.url}/health/ready`]);
      const visits = await visit({ rps: STALE_RPS, seconds: FAULT_S }, urls, {
        path,
        report: (second) => report(`stale: ${second} s of ${FAULT_S} s`.padEnd(40)),
      });
      const ready = await probing;
      const [without = [], own = []] = visits;
      const linesPerPage = gateways.map(
        ({ logLines }, index) => (logLines() - linesBefore[index]!) / (STALE_RPS * FAULT_S),
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
  );

const price = { amount: 999, currency: 'EUR' };
/** Stores each order 100 ms after it arrives, whether or not its caller still waits. */
function createOrderStore() {
  let placed = 0;
  const listener: RequestListener = (request, response) => {
    request.resume();
    const json = { 'content-type': 'application/json' };
    if (request.method !== 'POST') {
      response.writeHead(200, json).end('{}');
      return;
    }
    placed += 1;
    const order = {
      id: randomUUID(),
      status: 'confirmed',
      items: [{ productId: 'alien-1979', quantity: 1, unitPrice: price }],
      total: price,
      createdAt: new Date().toISOString(),
    };
    setTimeout(() => response.writeHead(201, json).end(JSON.stringify(order)), ORDER_MS);
  };
  return { listener, placed: () => placed };
}

/** Some clients lose the response to their order, and send it again under its key. */
async function orders(report: ReportProgress): Promise<Outcome> {
  const stops = new Stops();
  try {
    report('orders'.padEnd(40));
    const [naiveStore, ourStore] = [createOrderStore(), createOrderStore()];
    const naiveCatalog = stops.add(await startUpstream(naiveStore.listener));
    const ourCatalog = stops.add(await startUpstream(ourStore.listener));
    return await withNaiveGateways([{ CATALOG_URL: naiveCatalog.url }], (naive) =>
      withGateways([{ CATALOG_URL: ourCatalog.url }], async (ours) => {
        for (let nth = 0; nth < ORDERS; nth++)
          await Promise.all([naive, ours].map(({ url }) => sendOrder(url, nth % LOST_EVERY === 0)));
        return {
          measured: [
            { name: `${ORDERS} orders, naive: orders placed`, unit: 'count', value: naiveStore.placed() },
            {
              name: `${ORDERS} orders, ours: orders placed`,
              unit: 'count',
              value: ourStore.placed(),
              goal: `≤ ${ORDERS}`,
            },
          ],
        };
      }),
    );
  } finally {
    await stops.stop();
  }
}

/** Sends one order until it is confirmed; with `losesResponse`, the client leaves its first request early. */
async function sendOrder(url: string, losesResponse: boolean): Promise<void> {
  const order = (signal: AbortSignal | null): Promise<Response> =>
    fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ items: [{ productId: 'alien-1979', quantity: 1 }] }),
      signal,
    });
  const key = randomUUID();
  if (losesResponse) await order(AbortSignal.timeout(CLIENT_LEAVES_MS)).catch(() => undefined);
  for (;;) {
    const { status } = await order(null);
    if (status === 201) return;
    if (status !== 409) throw new Error(`an order got ${status}`);
    await sleep(ORDER_MS);
  }
}
