import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import type { Stops } from '../../../deploy/local/stops.ts';
import { pause } from '../exactly-once/client.ts';
import { type Ledger, reconcile } from '../exactly-once/reconcile.ts';
import type { Experiment, Settings, Step, Trial } from '../experiment.ts';
import { seeded } from '../random.ts';
import { mends } from '../store/faults.ts';
import { type ChaosStore, startChaosStore } from '../store/start-store.ts';
import { Toggling, soakFaults } from './faults.ts';
import { SERVICES, toObservations, hypothesis, toPlots, toTables } from './findings.ts';
import { type Shop, readShop } from './mix.ts';
import { Orders } from './orders.ts';
import { Tally } from './tally.ts';
import { lap, visit } from './visitors.ts';
import { Watch } from './watch.ts';

const VISITORS = 12;
/** Each round ends with a sample: three are near the end of the first tenth, and three in the last. */
const ROUNDS = 20;
/** Largest fraction of a round's requests for its lap without faults. */
const LAP_SHARE = 1 / 4;
/**
 * Time without faults before a sample, in milliseconds: connections to upstreams are used for 30 s, and then closed.
 */
const CALM_MS = 32_000;
/** Time for the work that is in flight after the last response, in milliseconds. */
const DONE_MS = 1000;
const SILENCE_MS = 60_000;
/** Idle time of a connection of our `fetch`, in milliseconds. Services would keep it for 72 s, and it would count. */
const IDLE_MS = 4000;

export const soak: Experiment = {
  name: 'soak',
  title: 'Do very many requests leave anything behind, while parts fail and recover?',
  expected:
    'No: after the first tenth, which fills the caches, heap and handles stay the same, whatever failed ' +
    'meanwhile. Every request gets a response, no process dies, and each order is placed once.',
  prepare: async (settings, stops) => {
    const others = getGlobalDispatcher();
    setGlobalDispatcher(new Agent({ keepAliveMaxTimeout: IDLE_MS }));
    stops.add({ stop: async () => setGlobalDispatcher(others) });
    const watch = new Watch();
    const store = await startChaosStore(
      {
        database: settings.database,
        logs: `.data/chaos/soak/${settings.database}-${settings.seed}`,
        env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
        onLine: (part, line) => watch.hear(part, line),
      },
      stops,
    );
    return startTrial(store, watch, settings, stops);
  },
};

/** The parts of a run at its start. */
interface Opening {
  readonly ledger: Ledger;
  readonly shop: Shop;
  readonly orders: Orders;
  readonly at: number;
}

/** Rounds of failures and recoveries. Each ends with a pause and a sample. */
function startTrial(store: ChaosStore, watch: Watch, settings: Settings, stops: Stops): Trial {
  const random = seeded(settings.seed);
  const total = settings.requests;
  const tally = new Tally(() => performance.now());
  const toggling = new Toggling(store, soakFaults(settings.database), random);
  const end = new AbortController();
  stops.add({ stop: async () => end.abort() });
  let opening: Opening | undefined;
  let round = 0;
  let degradedWhileCalm = 0;

  const open = async (): Promise<Opening> => {
    // Reading it from an embedded database restarts catalog.
    const ledger = await store.readLedger();
    const shop = await readShop(store.url, Math.floor((total / ROUNDS) * LAP_SHARE));
    const orders = new Orders(store.url, total, ledger, random, () => tally.attempt());
    watch.begin(store);
    return { ledger, shop, orders, at: performance.now() };
  };

  const fail = async ({ shop, orders }: Opening, until: number, signal: AbortSignal): Promise<void> => {
    const done = new AbortController();
    const failing = toggling.run(AbortSignal.any([signal, done.signal]));
    const goesOn = (): boolean => tally.sent < until && !signal.aborted;
    await Promise.all([
      visit(store.url, VISITORS, {
        shop,
        random: random.fork(),
        goesOn,
        onResponse: (exchange, request) => tally.record(exchange, request, toggling.current ?? 'no fault'),
      }),
      orders.run(goesOn, signal),
    ]);
    done.abort();
    await failing;
  };

  const look = async ({ shop }: Opening, signal: AbortSignal): Promise<void> => {
    await lap(store.url, shop, CALM_MS, {
      goesOn: () => !signal.aborted,
      onResponse: (exchange, request) => {
        tally.record(exchange, request, 'no fault');
        if (exchange.degraded) degradedWhileCalm += 1;
      },
    });
    await pause(DONE_MS, signal);
    if (!signal.aborted) await watch.look(store, tally.sent);
  };

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    const ended = AbortSignal.any([signal, end.signal]);
    const begun = opening!;
    const lapRequests = begun.shop.films.length + 1;
    for (round = 1; round <= ROUNDS; round++) {
      const until = Math.floor((total * round) / ROUNDS) - lapRequests;
      yield {
        name: `round ${round} of ${ROUNDS}: failures and recoveries`,
        act: () => fail(begun, until, ended),
      };
      yield {
        name: `round ${round} of ${ROUNDS}: pause, after ${tally.sent} requests`,
        act: () => look(begun, ended),
      };
    }
  }

  return {
    hypothesis,
    observe: async () => {
      const isAfter = opening !== undefined;
      opening ??= await open();
      watch.lookForDead(store);
      return toObservations({
        samples: watch.samples,
        requests: total,
        died: watch.died,
        withoutResponse: tally.withoutResponse,
        internalErrors: tally.internalErrors,
        neverBroken: isAfter ? toggling.neverThere : [],
        books: reconcile({
          receipts: opening.orders.receipts,
          stockBefore: opening.ledger.stock,
          ledger: isAfter ? await store.readLedger() : opening.ledger,
          feed: [],
        }),
      });
    },
    method,
    rollbacks: mends.map(({ name, mend }) => ({ name, act: () => mend(store) })),
    abort: {
      name: `no response for ${SILENCE_MS / 1000} s`,
      when: () => tally.silenceMs > SILENCE_MS,
    },
    progress: () => {
      const leftMs = ((performance.now() - opening!.at) / tally.sent) * (total - tally.sent);
      const heap = SERVICES.map((service) => watch.samples.at(-1)?.of[service].heapMiB.toFixed(1) ?? '–');
      return [
        `round ${round} of ${ROUNDS}`,
        `${tally.sent} of ${total} requests`,
        `${tally.perSecond().toFixed(0)}/s`,
        `${(leftMs / 60_000).toFixed(0)} min left`,
        `heaps ${heap.join(', ')} MiB`,
        toggling.current ?? 'no fault',
      ].join(' │ ');
    },
    figures: () => ({
      requests: tally.sent,
      'requests at a time': VISITORS + 1,
      films: opening?.shop.films.length ?? 0,
      ...opening?.orders.figures,
      'kinds of fault': toggling.all.length,
      'faults started': toggling.begun,
      'faults whose start or end failed': toggling.failed,
      'degraded pages without a fault': degradedWhileCalm,
      ...tally.figures,
    }),
    tables: () => toTables(watch.samples),
    plots: () => toPlots(watch.samples),
  };
}
