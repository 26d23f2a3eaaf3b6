import { median } from '../median.ts';
import type { ScaleMeasure, ScaleStore } from './store.ts';

const REQUESTS = 100;
const PAGE = 500;
/** Time between two product reads under a load of searches, in milliseconds. */
const READ_INTERVAL_MS = 20;
const READS = 400;
const SEARCHERS = 30;

/** Pages of products, searches, and products under a load of searches. */
export const measureProducts: ScaleMeasure = async (store) => {
  const { rows } = await store.database.query<{ votes: number | null; id: string }>(
    `select imdb_votes as votes, id from films order by imdb_votes desc nulls last, id
     offset greatest((select count(*) from films) - ${PAGE + 1}, 0) limit 1`,
  );
  const { votes, id } = rows[0]!;
  const cursor = Buffer.from(JSON.stringify([votes ?? -1, id])).toString('base64url');
  const p50 = async (name: string, path: string) => ({
    name,
    unit: 'ms' as const,
    value: await time(store, path),
  });
  return [
    await p50(`first page of ${PAGE}`, `/products?limit=${PAGE}`),
    await p50(`last page of ${PAGE}`, `/products?limit=${PAGE}&cursor=${cursor}`),
    await p50('search for two words', '/products?q=gone+wi'),
    await p50('search for a letter', '/products?q=a'),
    { name: 'product reads under searches', unit: 'share', value: await readUnderSearches(store, id) },
  ];
};

async function time(store: ScaleStore, path: string): Promise<number> {
  const took: number[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const { status, ms } = await store.get(path);
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
      await store.get(`/products?q=${letters.map((digit) => digit.toString(36)).join('+')}`);
    }
  });
  const reads: Promise<{ readonly status: number }>[] = [];
  for (let read = 0; read < READS; read++) {
    reads.push(store.get(`/products/${id}`));
    await new Promise((resolve) => setTimeout(resolve, READ_INTERVAL_MS));
  }
  const statuses = await Promise.all(reads);
  end.abort();
  await Promise.all(searching);
  return statuses.filter(({ status }) => status === 200).length / READS;
}
