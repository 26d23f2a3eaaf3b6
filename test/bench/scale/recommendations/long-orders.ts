import { randomUUID } from 'node:crypto';
import type { ScaleFigure, ScaleStore } from '../store.ts';
import { chooseFilms } from '../store.ts';
import { findLastPosition } from './positions.ts';
import type { Subject } from './subject.ts';

const ORDERS = 300;
const CLIENTS = 4;
const SHORT = 10;
const LONG = 50;

/** Places orders of many lines, and measures what recommendations take to count them. */
export async function measureLongOrders(store: ScaleStore, subject: Subject): Promise<ScaleFigure[]> {
  const films = await chooseFilms(store.database, ORDERS * LONG);
  await count(store, subject, films, SHORT);
  const short = await count(store, subject, films, SHORT);
  const long = await count(store, subject, films, LONG);
  return [
    { plot: 'Cost of recommendations', name: `CPU of an order of ${SHORT} lines`, unit: 'ms', value: short },
    { plot: 'Cost of recommendations', name: `CPU of an order of ${LONG} lines`, unit: 'ms', value: long },
    {
      plot: 'Growth with the lines of an order',
      name: `CPU of ${LONG} lines ÷ ${SHORT} lines`,
      unit: 'ratio',
      value: long / short,
      goal: `≤ ${LONG / SHORT}`,
    },
  ];
}

/** Returns the CPU time of recommendations for an order, in milliseconds. Each order has films of its own, if there are enough. */
async function count(
  { catalog, database, report }: ScaleStore,
  subject: Subject,
  films: readonly string[],
  lines: number,
): Promise<number> {
  report(`recommendations: ${ORDERS} orders of ${lines} lines`.padEnd(72));
  const before = await subject.readUsage();
  let placed = 0;
  const client = async (): Promise<void> => {
    while (placed < ORDERS) {
      const first = placed++ * lines;
      const items = Array.from({ length: lines }, (_, line) => ({
        productId: films[(first + line) % films.length],
        quantity: 1,
      }));
      const { status } = await catalog.order(randomUUID(), { items });
      if (status !== 201) throw new Error(`status ${status} for an order`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const last = await findLastPosition(database);
  await subject.waitFor(({ cursor = 0 }) => cursor >= last);
  return ((await subject.readUsage()).cpuUs - before.cpuUs) / 1000 / ORDERS;
}
