import { Agent } from 'undici';
import type { Stops } from '../../../deploy/local/stops.ts';
import { atConstantRate } from '../../load/open-loop.ts';
import { eventually } from '../../support/eventually.ts';
import { pause, placeOrder } from '../exactly-once/client.ts';
import { type OrderTask, drawOrderTasks, toReceipts } from '../exactly-once/order-tasks.ts';
import { type OrderResponse, type Ledger, isOutOfStock, reconcile } from '../exactly-once/reconcile.ts';
import type { Experiment, Observation, Settings, Step, Tolerance, Trial } from '../experiment.ts';
import { takeFirst, nothingAmiss, toObservations } from '../observations.ts';
import { seeded } from '../random.ts';
import { followReadiness } from './readers.ts';
import { type Victim, startDistributedSystem } from './system.ts';

/** Requests per second. Modest, because all processes and the clients share one machine. */
const ORDERS_PER_S = 10;
const READS_PER_S = 30;
/** Time from a kill to the restart, and from the recovery to the next kill, in milliseconds. */
const GONE_MS = 2000;
const WELL_MS = 3000;
const PROCESSES = 11;
/** Longest time until nothing is degraded, in milliseconds. Longer than the longest wait of a breaker. */
const RECOVERY_MS = 60_000;
const CALM_S = 180;

const hypothesis = {
  'processes that work': { exactly: PROCESSES },
  '% of reads with status 200': { atLeast: 99.9 },
  ...nothingAmiss,
} as const satisfies Record<string, Tolerance>;

export const distributed: Experiment = {
  name: 'distributed',
  title: 'With two of everything, does a client notice when one of them dies?',
  expected:
    'No: a balancer that follows readiness reads from the remaining gateway, gateways call the remaining replica, ' +
    'Sentinel finds another Redis, and clients retry orders under their keys.',
  prepare,
};

async function prepare(settings: Settings, stops: Stops): Promise<Trial<keyof typeof hypothesis>> {
  const random = seeded(settings.seed);
  const logs = `.data/chaos/distributed/${settings.database}-${settings.seed}`;
  const system = await startDistributedSystem(settings, logs, stops);
  const dispatcher = new Agent();
  stops.add({ stop: () => dispatcher.destroy() });
  const readers = stops.add(followReadiness(system.gateways, dispatcher));

  const counted = new Map<string, number>();
  const count = (kind: string): void => void counted.set(kind, (counted.get(kind) ?? 0) + 1);
  const receipts = new Map<OrderTask, OrderResponse[]>();
  const finished = (): OrderResponse[] => [...receipts.values()].flatMap((responses) => responses.slice(-1));
  const total = { reads: 0, ok: 0, degraded: 0 };
  const failed: string[] = [];
  const limitS = settings.orders / ORDERS_PER_S + CALM_S;
  let before: Ledger | undefined;
  let startedAt = Number.POSITIVE_INFINITY;

  const read = async (path: string): Promise<void> => {
    const { status, degraded } = await readers.read(path);
    total.reads += 1;
    if (degraded) total.degraded += 1;
    if (status === 200) total.ok += 1;
    else failed.push(`${path} at ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${status}`);
  };
  const readAll = (films: readonly string[], signal: AbortSignal): Promise<void> =>
    atConstantRate(
      { rps: READS_PER_S, seconds: limitS },
      (nth) => read(nth % 2 === 0 ? '/api/home' : `/api/products/${films[nth % films.length]}`),
      signal,
    );
  const orderAll = (orderTasks: readonly OrderTask[], signal: AbortSignal): Promise<void> =>
    atConstantRate(
      { rps: ORDERS_PER_S, seconds: settings.orders / ORDERS_PER_S },
      async (nth) => {
        const orderTask = orderTasks[nth]!;
        const ready = readers.readyUrls();
        const urls = ready.length > 0 ? ready : system.gateways;
        const onAttempt = (outcome: string): void => count(`attempts: ${outcome}`);
        const means = { urls, dispatcher, random: random.fork(), signal, onAttempt };
        receipts.set(orderTask, await placeOrder(orderTask, means));
      },
      signal,
    );

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    const films = [...before!.stock.keys()].slice(0, 200);
    const orderTasks = drawOrderTasks(random.fork(), settings.orders, before!.stock);
    for (const orderTask of orderTasks) receipts.set(orderTask, []);
    const done = new AbortController();
    let load = Promise.resolve();
    yield {
      name: 'clients read and order',
      act: () => {
        startedAt = performance.now();
        const reading = readAll(films, AbortSignal.any([signal, done.signal]));
        load = orderAll(orderTasks, signal).finally(() => done.abort());
        load = load.then(() => reading);
      },
    };
    const going = AbortSignal.any([signal, done.signal]);
    while (!going.aborted) {
      for (const victim of system.victims) {
        await pause(WELL_MS, going);
        if (going.aborted) break;
        yield* killing(victim, going, count);
      }
    }
    yield { name: 'clients finish', act: () => load };
  }

  const observe = async (): Promise<Record<keyof typeof hypothesis, Observation>> => {
    const feed = await system.readFeed();
    const ledger = await system.readLedger();
    before ??= ledger;
    const found = reconcile({
      receipts: toReceipts(receipts),
      stockBefore: before.stock,
      ledger,
      feed,
    });
    return {
      'processes that work': { value: await system.countWell() },
      '% of reads with status 200': {
        value: total.reads === 0 ? 100 : Math.floor((10_000 * total.ok) / total.reads) / 100,
        examples: takeFirst(failed),
      },
      ...toObservations(found),
    };
  };

  const allWell = async (): Promise<void> => {
    await eventually(async () => {
      const well = await system.countWell();
      if (well < PROCESSES) throw new Error(`${well} of ${PROCESSES} processes work`);
    }, RECOVERY_MS);
  };
  await allWell();
  return {
    hypothesis,
    observe,
    method,
    rollbacks: [
      ...system.victims.map((victim) => ({ name: `${victim.name} runs`, act: () => victim.start() })),
      { name: 'nothing is degraded', act: allWell },
    ],
    abort: {
      name: `clients did not finish within ${limitS} s`,
      when: () => performance.now() - startedAt > limitS * 1000,
    },
    progress: () => `${finished().length} of ${settings.orders} orders done, ${total.reads} pages read`,
    figures: () => ({
      'pages read': total.reads,
      'of them not 200': total.reads - total.ok,
      'of them degraded': total.degraded,
      orders: finished().filter(({ status }) => status === 201).length,
      'rejected: out of stock': finished().filter(isOutOfStock).length,
      ...Object.fromEntries(counted),
    }),
  };
}

function* killing(victim: Victim, going: AbortSignal, count: (kind: string) => void): Generator<Step> {
  yield {
    name: `${victim.name} is killed with -9`,
    act: async () => {
      count(`kills of ${victim.name}`);
      await victim.kill();
      await Promise.all([victim.replaced?.(), pause(GONE_MS, going)]);
    },
  };
  yield { name: `${victim.name} is started`, act: () => victim.start() };
}
