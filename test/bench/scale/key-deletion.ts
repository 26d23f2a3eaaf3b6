import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../median.ts';
import { addKeys } from './fill.ts';
import { sendOrders } from './order-load.ts';
import { startCatalog } from './start-catalog.ts';
import { type ScaleFigure, type ScaleMeasure, type ScaleStore, chooseFilms } from './store.ts';

const ROUNDS = 5;
const DURATION_MS = 5000;
/** Few, so that the latency is that of an order and not of a queue. */
const CLIENTS = 4;
/** Until a started catalog has no other work. */
const SETTLE_MS = 3000;
/** Old keys in a round: more than a catalog deletes until the load beside it ends. */
const OLD_KEYS = 150_000;
/** Much longer than the deletion of the rest. */
const STUCK_MS = 120_000;

interface Round {
  /** Ratio of the p50 of orders beside the deletion and after it. */
  readonly ratio: number;
  readonly perSecondDeleted: number;
}

/**
 * Places orders while a second catalog deletes old keys, and again when it has finished: only the deletion differs. A catalog
 * deletes them when it starts. The measured one looks for others after an hour. The table has a key for each order.
 */
export const measureKeyDeletion: ScaleMeasure = async (store) => {
  await addKeys(store.database, 'kept', store.size.orders, store.report);
  const films = await chooseFilms(store.database, 1000);
  const send = () => sendOrders(store.catalog, { clients: CLIENTS, durationMs: DURATION_MS, films });
  await send();
  let failures = 0;
  const onLine = (line: string): void => {
    if (line.includes('orders.key_deletion_failed')) failures += 1;
  };
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await addKeys(store.database, 'old', OLD_KEYS, store.report);
    store.report(`deletion of old keys: round ${round} of ${ROUNDS}`.padEnd(72));
    const catalog = await startCatalog(store.databaseUrl, store.stops, onLine);
    await sleep(SETTLE_MS);
    const before = await countOldKeys(store);
    const beside = await send();
    const rest = await countOldKeys(store);
    if (rest === 0) throw new Error(`catalog deletes ${OLD_KEYS} keys too soon for a comparison`);
    const perSecondDeleted = (before - rest) / (DURATION_MS / 1000);
    await waitForDeletion(store);
    const after = await send();
    await catalog.stop();
    rounds.push({ ratio: beside.p50Ms / after.p50Ms, perSecondDeleted });
  }
  return toFigures(rounds, failures);
};

const toFigures = (rounds: readonly Round[], failures: number): readonly ScaleFigure[] => [
  {
    plot: 'Deletion of old keys',
    name: 'old keys deleted a second',
    unit: '/s',
    value: median(rounds.map(({ perSecondDeleted }) => perSecondDeleted)),
  },
  {
    plot: 'Failures of the deletion',
    name: 'failures of the deletion',
    unit: 'count',
    value: failures,
    goal: '≤ 0',
  },
  {
    plot: 'Ratios of orders',
    name: 'p50 of orders, with ÷ without a deletion',
    unit: 'ratio',
    value: median(rounds.map(({ ratio }) => ratio)),
    goal: '≤ 1.05',
  },
];

async function countOldKeys({ database }: ScaleStore): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int from order_keys where created_at < now() - interval '7 days'`,
  );
  return rows[0]!.count;
}

/** @throws Error if old keys are left after two minutes */
async function waitForDeletion(store: ScaleStore): Promise<void> {
  const deadline = performance.now() + STUCK_MS;
  while ((await countOldKeys(store)) > 0) {
    if (performance.now() > deadline) throw new Error('catalog does not delete old keys');
    await sleep(500);
  }
}
