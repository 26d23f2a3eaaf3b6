import type { RequestListener } from 'node:http';
import { film, films, json } from '../../../apps/gateway/test/fake-upstream.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import type { Measured, Outcome } from '../benchmark.ts';
import { withGateways } from '../gateway.ts';
import { visit } from '../visits.ts';
import { FAULT_S, type Fault, WARM_UP, failedShare, isPage } from './fault.ts';
import { withNaiveGateways } from './start-naive.ts';
import { startUpstream } from './upstream.ts';

const PAGES_RPS = 100;
const SEARCHES_RPS = 20;
/** A page that takes longer than the budget of a read is too late. */
const IN_TIME_MS = 1000;
const SOCKETS = 64;

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
async function measure(report: (progress: string) => void): Promise<Outcome> {
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
          visit({ rps: SEARCHES_RPS, seconds: FAULT_S }, urls, {
            path: (film) => `/api/products?q=film-${film}`,
            report: (second) => report(`bulkhead: ${second} s of ${FAULT_S} s`.padEnd(40)),
          }),
          visit({ rps: PAGES_RPS, seconds: FAULT_S }, urls),
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

export const bulkhead: Fault = {
  load:
    `Bulkhead: recommendations hang for ${FAULT_S} s at ${PAGES_RPS} product pages/s and ${SEARCHES_RPS} searches/s; ` +
    'both upstreams have one address, our breaker is forced closed, and our attempt timeout is 1 s.',
  measure,
};
