import { randomUUID } from 'node:crypto';
import { type ScaleFigure, type ScaleMeasure, chooseFilms } from './store.ts';

const REQUESTS = 2000;
const WARM_UP = 2000;
const AT_A_TIME = 8;

/** Processor time of catalog for the requests that it serves most. That of PostgreSQL is not included. */
export const measureCatalogCosts: ScaleMeasure = async ({ catalog, database, report }) => {
  const films = await chooseFilms(database, 1000);
  const measure = async (name: string, send: (id: string) => Promise<number>): Promise<ScaleFigure> => {
    report(`CPU of ${name}`.padEnd(72));
    let sent = 0;
    const run = async (requests: number): Promise<void> => {
      const end = sent + requests;
      const client = async (): Promise<void> => {
        while (sent < end) {
          const status = await send(films[sent++ % films.length]!);
          if (status >= 400) throw new Error(`status ${status} for ${name}`);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, client));
    };
    await run(WARM_UP);
    const before = await catalog.readCpuMs();
    await run(REQUESTS);
    const value = ((await catalog.readCpuMs()) - before) / REQUESTS;
    return { plot: 'Processor time of catalog', name: `CPU of ${name}`, unit: 'ms', value };
  };
  return [
    await measure('a product', async (id) => (await catalog.get(`/products/${id}`)).status),
    await measure('an order', async (productId) => {
      const { status } = await catalog.order(randomUUID(), { items: [{ productId, quantity: 1 }] });
      return status;
    }),
  ];
};
