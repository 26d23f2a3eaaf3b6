import { randomUUID } from 'node:crypto';
import type { ScaleMeasure, ScaleStore } from './store.ts';

const CLIENTS = 10;
const DURATION_MS = 5000;
const FILMS = 1000;

/** Orders of one line by ten clients without a pause: each of a film of its own, and all of one film. */
export const measureOrders: ScaleMeasure = async (store) => {
  const { rows } = await store.database.query<{ id: string }>(
    `select id from films order by md5(id) limit ${FILMS}`,
  );
  const ids = rows.map(({ id }) => id);
  const spread = { name: 'orders of different films', unit: '/s' as const, value: await order(store, ids) };
  const one = { name: 'orders of one film', unit: '/s' as const, value: await order(store, ids.slice(0, 1)) };
  return [spread, one];
};

/** Returns the orders a second that catalog accepts. @throws Error for any other response */
async function order(store: ScaleStore, ids: readonly string[]): Promise<number> {
  await store.database.query('update stock set quantity = 1000000 where product_id = any($1)', [ids]);
  let placed = 0;
  const began = performance.now();
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (performance.now() - began < DURATION_MS) {
      const productId = ids[placed % ids.length];
      placed += 1;
      const { status } = await store.order(randomUUID(), { items: [{ productId, quantity: 1 }] });
      if (status !== 201) throw new Error(`status ${status} for an order`);
    }
  });
  await Promise.all(clients);
  return placed / ((performance.now() - began) / 1000);
}
