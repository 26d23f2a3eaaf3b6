import { median } from '../median.ts';
import { readFeed } from './feed-reader.ts';
import { type OrdersSent, sendOrders } from './order-load.ts';
import { type ScaleMeasure, type ScaleStore, chooseFilms } from './store.ts';

const ROUNDS = 3;
const DURATION_MS = 3000;
const CLIENTS = 16;
const MANY_CLIENTS = 64;
const FILMS = 1000;
const PLOT = 'Orders';
const RATIOS = 'Ratios of orders';

/** Orders of different films, of one film, and beside readers of the feed, in rounds that take turns. */
export const measureOrders: ScaleMeasure = async (store) => {
  const films = await chooseFilms(store.database, FILMS);
  const one = films.slice(0, 1);
  const send = (clients: number, chosen: readonly string[]) =>
    sendOrders(store.catalog, { clients, durationMs: DURATION_MS, films: chosen });
  await send(CLIENTS, films);
  const spread: OrdersSent[] = [];
  const hot: OrdersSent[] = [];
  const read: OrdersSent[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    store.report(`orders: round ${round} of ${ROUNDS}`.padEnd(72));
    spread.push(await send(CLIENTS, films));
    hot.push(await send(CLIENTS, one));
    read.push(await withReaders(store, () => send(CLIENTS, films)));
  }
  const { rejected } = await send(MANY_CLIENTS, one);
  const perSecond = (sent: readonly OrdersSent[]) => median(sent.map((each) => each.perSecond));
  const ratio = (sent: readonly OrdersSent[]) =>
    median(sent.map((each, round) => each.perSecond / spread[round]!.perSecond));
  return [
    { plot: PLOT, name: 'orders of different films', unit: '/s', value: perSecond(spread) },
    { plot: PLOT, name: 'orders of one film', unit: '/s', value: perSecond(hot) },
    { plot: PLOT, name: 'orders beside two readers of the feed', unit: '/s', value: perSecond(read) },
    {
      plot: RATIOS,
      name: 'orders of one film ÷ different films',
      unit: 'ratio',
      value: ratio(hot),
      goal: '≥ 0.8',
    },
    {
      plot: RATIOS,
      name: 'orders with readers of the feed ÷ without',
      unit: 'ratio',
      value: ratio(read),
      goal: '≥ 0.9',
    },
    {
      plot: 'Rejected orders',
      name: `rejected orders of one film, ${MANY_CLIENTS} clients`,
      unit: 'share',
      value: rejected,
      goal: '≤ 0 %',
    },
  ];
};

/** Runs `work` beside two readers, like the replicas of recommendations. They begin where the feed ends. */
async function withReaders<T>(store: ScaleStore, work: () => Promise<T>): Promise<T> {
  const end = new AbortController();
  const last = await readFeed(store.catalog.url, AbortSignal.abort(), await findLast(store));
  const readers = [1, 2].map(() => readFeed(store.catalog.url, end.signal, last));
  try {
    return await work();
  } finally {
    end.abort();
    await Promise.all(readers);
  }
}

/** Returns the position of the last numbered order. */
async function findLast({ database }: ScaleStore): Promise<number> {
  const { rows } = await database.query<{ last: string }>('select greatest(max(seq), 0) as last from orders');
  return Number(rows[0]?.last);
}
