import { Agent } from 'undici';
import type { Stops } from '../../../deploy/local/stops.ts';
import type { Experiment, Settings, Step, Trial } from '../experiment.ts';
import { nothingAmiss, toObservations } from '../observations.ts';
import { seeded } from '../random.ts';
import { pause, shop } from './client.ts';
import { type OrderTask, drawOrderTasks, toReceipts } from './order-tasks.ts';
import { createTorture } from './faults.ts';
import { type OrderResponse, type Discrepancies, type Ledger, isOutOfStock, reconcile } from './reconcile.ts';
import { type Fault, scheduleFaults } from './schedule.ts';
import { startTorturedStore } from './store.ts';

const MOST_CLIENTS = 20;
const ORDERS_PER_CLIENT = 10;
const PARTS = 4;
/** Longest time that faults continue while clients order, in milliseconds: a minute for 2,000 orders. */
const TORTURE_MS = { perOrder: 30, atLeast: 10_000 };
/** Time that clients have afterwards, in milliseconds. */
const CALM_MS = 60_000;

type Probe = 'parts that work' | keyof Discrepancies;

const hypothesis: Trial<Probe>['hypothesis'] = {
  'parts that work': { exactly: PARTS },
  ...nothingAmiss,
};

export const exactlyOnce: Experiment = {
  name: 'exactly-once',
  title: 'Is every order placed exactly once, whatever fails on the way?',
  expected:
    'Yes: the key, the order, its stock and its position in the feed are one transaction, so one attempt more ' +
    'or less makes no difference. Clients only wait longer.',
  prepare,
};

async function prepare(settings: Settings, stops: Stops): Promise<Trial<Probe>> {
  const random = seeded(settings.seed);
  const logs = `.data/chaos/exactly-once/${settings.database}-${settings.seed}`;
  const store = await startTorturedStore(settings, logs, stops);
  const dispatcher = new Agent();
  stops.add({ stop: () => dispatcher.destroy() });

  const counted = new Map<string, number>();
  const count = (kind: string): void => void counted.set(kind, (counted.get(kind) ?? 0) + 1);
  const attempts = new Map<string, number>();
  const onAttempt = (outcome: string): void => void attempts.set(outcome, (attempts.get(outcome) ?? 0) + 1);
  const { targets, rollbacks } = createTorture(store, count);
  const tortureMs = Math.max(TORTURE_MS.atLeast, settings.orders * TORTURE_MS.perOrder);
  const receipts = new Map<OrderTask, OrderResponse[]>();
  const finished = (): OrderResponse[] => [...receipts.values()].flatMap((responses) => responses.slice(-1));

  let before: Ledger | undefined;
  let startedAt = Number.POSITIVE_INFINITY;
  const elapsedMs = (): number => performance.now() - startedAt;

  /** Resolves when all clients have finished or stopped. */
  const shopAll = async (signal: AbortSignal): Promise<void> => {
    const orderTasks = drawOrderTasks(random.fork(), settings.orders, before!.stock);
    for (const orderTask of orderTasks) receipts.set(orderTask, []);
    const clients = Math.min(MOST_CLIENTS, Math.ceil(settings.orders / ORDERS_PER_CLIENT));
    const client = (nth: number): Promise<void> =>
      shop(
        orderTasks.filter((_, index) => index % clients === nth),
        { urls: store.urls, dispatcher, random: random.fork(), signal, onAttempt },
        (orderTask, responses) => void receipts.set(orderTask, responses),
      );
    await Promise.all(Array.from({ length: clients }, (_, nth) => client(nth)));
  };

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    const schedule = scheduleFaults(random.fork(), targets, tortureMs);
    startedAt = performance.now();
    const done = new AbortController();
    let shopping = Promise.resolve();
    yield {
      name: 'clients order',
      act: () => {
        shopping = shopAll(signal).finally(() => done.abort());
      },
    };
    const leftOut = new Set<Fault>();
    for (const { atMs, target, fault, step } of schedule) {
      await pause(Math.max(0, atMs - elapsedMs()), AbortSignal.any([signal, done.signal]));
      if (done.signal.aborted) break;
      if (step === fault.begin && !target.isWell()) leftOut.add(fault);
      if (!leftOut.has(fault)) yield step;
    }
    yield { name: 'clients order without faults', act: () => shopping };
  }

  return {
    hypothesis,
    observe: async () => {
      const working = await store.countReady();
      const feed = await store.readFeed();
      const ledger = await store.readLedger();
      before ??= ledger;
      const found = reconcile({
        receipts: toReceipts(receipts),
        stockBefore: before.stock,
        ledger,
        feed,
      });
      return { ...toObservations(found), 'parts that work': { value: working } };
    },
    method,
    rollbacks,
    abort: {
      name: `clients did not finish within ${(tortureMs + CALM_MS) / 1000} s`,
      when: () => elapsedMs() > tortureMs + CALM_MS,
    },
    progress: () => `${finished().length} of ${settings.orders} orders done`,
    figures: () => ({
      orders: finished().filter(({ status }) => status === 201).length,
      'rejected: out of stock': finished().filter(isOutOfStock).length,
      attempts: [...attempts.values()].reduce((all, some) => all + some, 0),
      'connections ended by the proxies': store.links.reduce((all, { proxy }) => all + proxy.ended, 0),
      ...Object.fromEntries(counted),
      ...Object.fromEntries([...attempts].map(([outcome, n]) => [`attempts: ${outcome}`, n])),
    }),
  };
}
