import { randomUUID } from 'node:crypto';
import { startCountingProxy } from './counting-proxy.ts';
import { startCatalog } from './start-catalog.ts';
import { type ScaleMeasure, chooseFilms } from './store.ts';

const ORDERS = 200;
const WARM_UP = 20;
const LINES = [1, 50];

/** Counts what one order after another sends to the database, with a catalog whose connections lead through a proxy. */
export const measureRoundTrips: ScaleMeasure = async ({ database, databaseUrl, stops }) => {
  const films = await chooseFilms(database, 1000);
  const direct = new URL(databaseUrl);
  const proxy = stops.add(await startCountingProxy(Number(direct.port)));
  direct.port = String(proxy.port);
  const catalog = await startCatalog(direct.href, stops);
  const send = async (orders: number, lines: number): Promise<void> => {
    for (let order = 0; order < orders; order++) {
      const items = Array.from({ length: lines }, (_, line) => ({
        productId: films[(order + line) % films.length],
        quantity: 1,
      }));
      const { status } = await catalog.order(randomUUID(), { items });
      if (status !== 201) throw new Error(`status ${status} for an order`);
    }
  };
  const count = async (lines: number): Promise<number> => {
    await send(WARM_UP, lines);
    const before = proxy.roundTrips();
    await send(ORDERS, lines);
    return (proxy.roundTrips() - before) / ORDERS;
  };
  const figures = [];
  for (const lines of LINES)
    figures.push({
      plot: 'Round trips to the database',
      name: `round trips, order of ${lines} ${lines === 1 ? 'line' : 'lines'}`,
      unit: 'ratio' as const,
      value: await count(lines),
      goal: '≤ 5',
    });
  return figures;
};
