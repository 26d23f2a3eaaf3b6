import { setTimeout as sleep } from 'node:timers/promises';
import { productIndex } from '@film-store/contracts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { type Discrepancies, type Ledger, type Receipt, reconcile } from '../exactly-once/reconcile.ts';
import type { Random } from '../random.ts';
import { type Customer, startCustomer } from './customers.ts';
import type { ChaosStore } from './start-store.ts';
import { type Visit, visitPages } from './visits.ts';

/** Reads per second, in addition to about two orders. */
export const RPS = 30;
const FILMS = 20;
const WARM_UP_ROUNDS = 3;
const CALM_MS = 2000;
/** Time for orders in flight after the last fault, in milliseconds. */
const ORDERS_END_MS = 30_000;

/** Clients that read and order while the store is broken. */
export interface Traffic {
  /** All reads so far. */
  readonly visits: readonly Visit[];
  readonly receipts: () => readonly Receipt[];
  /** Reads that started within the last milliseconds. */
  readonly lately: (ms: number) => readonly Visit[];
  readonly open: () => Promise<void>;
  /** Resolves with the reads of two seconds in which every page was complete and `isWell`, or when time is up. */
  readonly calm: (isWell: () => boolean, withinMs: number) => Promise<readonly Visit[]>;
  /** Waits for the orders in flight, ends all clients, and resolves with the results of the orders. */
  readonly close: () => Promise<Discrepancies>;
}

export function trafficOn(store: ChaosStore, random: Random, stops: Stops): Traffic {
  const visits: Visit[] = [];
  const end = new AbortController();
  let visiting = Promise.resolve();
  stops.add({
    stop: async () => {
      end.abort();
      await visiting;
    },
  });
  let customer: Customer | undefined;
  let before: Ledger;
  const receipts = (): readonly Receipt[] => customer?.receipts() ?? [];
  const lately = (ms: number): readonly Visit[] => {
    const from = performance.now() - ms;
    return visits.filter(({ at }) => at >= from);
  };
  return {
    visits,
    receipts,
    lately,
    open: async () => {
      before = await store.readLedger();
      const films = await fetchFilms(store);
      await warmUp(store, films);
      const pace = { rps: RPS, signal: end.signal };
      visiting = visitPages(store.url, films, pace, (visit) => void visits.push(visit));
      customer = startCustomer(store.url, random, before, end.signal);
    },
    calm: async (isWell, withinMs) => {
      const until = performance.now() + withinMs;
      do await sleep(CALM_MS);
      while (performance.now() < until && !(isWell() && lately(CALM_MS).every(isWhole)));
      return lately(CALM_MS);
    },
    close: async () => {
      await Promise.race([customer?.close(), sleep(ORDERS_END_MS, undefined, { ref: false })]);
      end.abort();
      await Promise.all([visiting, customer?.close()]);
      const after = await store.readLedger();
      const known = new Set(before.orders.map(({ id }) => id));
      return reconcile({
        receipts: receipts(),
        stockBefore: before.stock,
        ledger: { ...after, orders: after.orders.filter(({ id }) => !known.has(id)) },
        feed: [],
      });
    },
  };
}

const isWhole = ({ outcome }: Visit): boolean => outcome === 'good';

async function fetchFilms({ url }: ChaosStore): Promise<string[]> {
  const response = await fetch(`${url}/api/products?limit=${FILMS}`);
  return productIndex.parse(await response.json()).items.map(({ id }) => id);
}

/** After one request, the gateway and Redis know a page. */
async function warmUp({ url }: ChaosStore, films: readonly string[]): Promise<void> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const path of ['/api/home', ...films.map((film) => `/api/products/${film}`)])
      await (await fetch(url + path)).arrayBuffer();
  }
}
