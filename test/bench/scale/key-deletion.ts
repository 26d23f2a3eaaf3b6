import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../median.ts';
import { addOldKeys } from './fill.ts';
import { type OrdersSent, sendOrders } from './order-load.ts';
import { startCatalog } from './start-catalog.ts';
import { type ScaleMeasure, type ScaleStore, chooseFilms } from './store.ts';

const ROUNDS = 3;
const DURATION_MS = 5000;
/** Few, so that the latency is that of an order and not of a queue. */
const CLIENTS = 4;
/** Until a started catalog has no other work. */
const SETTLE_MS = 1000;
/** Enough for all rounds. */
const MIN_KEYS = 200_000;

/**
 * Places orders with and without a second catalog that deletes old keys, in rounds that take turns. A catalog deletes them
 * when it starts. The measured one has no old keys to delete when it starts, and looks for others after an hour.
 */
export const measureKeyDeletion: ScaleMeasure = async (store) => {
  await addOldKeys(store.database, Math.max(MIN_KEYS, store.size.orders), store.report);
  const films = await chooseFilms(store.database, 1000);
  const send = () => sendOrders(store.catalog, { clients: CLIENTS, durationMs: DURATION_MS, films });
  await send();
  const without: OrdersSent[] = [];
  const beside: (OrdersSent & Deletion)[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    store.report(`deletion of old keys: round ${round} of ${ROUNDS}`.padEnd(72));
    without.push(await send());
    beside.push(await whileDeleting(store, send));
  }
  const ratios = beside.map(({ p50Ms }, round) => p50Ms / without[round]!.p50Ms);
  return [
    {
      plot: 'Deletion of old keys',
      name: 'old keys deleted a second',
      unit: '/s',
      value: median(beside.map(({ perSecondDeleted }) => perSecondDeleted)),
    },
    {
      plot: 'Failures of the deletion',
      name: 'failures of the deletion',
      unit: 'count',
      value: beside.reduce((sum, { failures }) => sum + failures, 0),
      goal: '≤ 0',
    },
    {
      plot: 'Ratios of orders',
      name: 'p50 of orders, with ÷ without a deletion',
      unit: 'ratio',
      value: median(ratios),
      goal: '≤ 1.05',
    },
  ];
};

interface Deletion {
  readonly perSecondDeleted: number;
  readonly failures: number;
}

async function whileDeleting(
  { database, databaseUrl, stops }: ScaleStore,
  send: () => Promise<OrdersSent>,
): Promise<OrdersSent & Deletion> {
  const count = async (): Promise<number> => {
    const { rows } = await database.query<{ count: number }>(
      `select count(*)::int from order_keys where created_at < now() - interval '7 days'`,
    );
    return rows[0]!.count;
  };
  let failures = 0;
  const before = await count();
  const catalog = await startCatalog(databaseUrl, stops, (line) => {
    if (line.includes('orders.key_deletion_failed')) failures += 1;
  });
  const began = performance.now();
  try {
    await sleep(SETTLE_MS);
    const sent = await send();
    await catalog.stop();
    const seconds = (performance.now() - began) / 1000;
    return { ...sent, failures, perSecondDeleted: (before - (await count())) / seconds };
  } finally {
    await catalog.stop();
  }
}
