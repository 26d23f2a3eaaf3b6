import { median } from '../median.ts';
import { countBuffers } from './buffers.ts';
import type { ScaleMeasure, ScaleStore } from './store.ts';

const REQUESTS = 100;
const PAGE = 500;
/** Time between two product reads under a load of searches, in milliseconds. */
const READ_INTERVAL_MS = 20;
const READS = 400;
const SEARCHERS = 30;

/** Pages of products, searches, and products under a load of searches. */
export const measureProducts: ScaleMeasure = async (store) => {
  const { id, lastPage } = await findLastPage(store);
  const p50 = async (name: string, path: string) => ({
    plot: 'Pages and searches',
    name: `p50, ${name}`,
    unit: 'ms' as const,
    value: await time(store, path),
  });
  store.report('pages and searches'.padEnd(72));
  return [
    await p50(`first page of ${PAGE}`, `/products?limit=${PAGE}`),
    await p50(`last page of ${PAGE}`, lastPage),
    {
      plot: 'Buffers of a page',
      name: `buffers, last page of ${PAGE}`,
      unit: 'count',
      value: await countBuffers(store, lastPage),
      goal: '≤ 550',
    },
    await p50('search for two words', '/products?q=gone+wi'),
    await p50('search for a letter', '/products?q=a'),
    {
      plot: 'Product reads under searches',
      name: 'product reads under searches',
      unit: 'share',
      value: await readUnderSearches(store, id),
      goal: '≥ 99 %',
    },
  ];
};

/** Finds the film before the last page, and the address of that page. */
async function findLastPage({ database }: ScaleStore): Promise<{ id: string; lastPage: string }> {
  const { rows } = await database.query<{ votes: number | null; id: string }>(
    `select imdb_votes as votes, id from films order by imdb_votes desc nulls last, id
     offset greatest((select count(*) from films) - ${PAGE + 1}, 0) limit 1`,
  );
  const { votes, id } = rows[0]!;
  const cursor = Buffer.from(JSON.stringify([votes ?? -1, id])).toString('base64url');
  return { id, lastPage: `/products?limit=${PAGE}&cursor=${cursor}` };
}

async function time(store: ScaleStore, path: string): Promise<number> {
  const took: number[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const { status, ms } = await store.catalog.get(path);
    if (status !== 200) throw new Error(`status ${status} for ${path}`);
    took.push(ms);
  }
  return median(took);
}

/** Returns the share of product reads that succeed while clients search for twelve letters without a pause. */
async function readUnderSearches(store: ScaleStore, id: string): Promise<number> {
  const end = new AbortController();
  const searching = Array.from({ length: SEARCHERS }, async (_, letter) => {
    while (!end.signal.aborted) {
      const letters = Array.from({ length: 12 }, (__, index) => ((letter + index) % 26) + 10);
      await store.catalog.get(`/products?q=${letters.map((digit) => digit.toString(36)).join('+')}`);
    }
  });
  const reads: Promise<{ readonly status: number }>[] = [];
  for (let read = 0; read < READS; read++) {
    reads.push(store.catalog.get(`/products/${id}`));
    await new Promise((resolve) => setTimeout(resolve, READ_INTERVAL_MS));
  }
  const statuses = await Promise.all(reads);
  end.abort();
  await Promise.all(searching);
  return statuses.filter(({ status }) => status === 200).length / READS;
}
