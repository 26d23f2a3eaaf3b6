import { eventually } from '../../support/eventually.ts';
import type { ScaleStore } from './store.ts';

const REQUESTS = 20;

/** Returns the buffers of films and their indexes that PostgreSQL reads for a request, whether they are in memory or not. */
export async function countBuffers(store: ScaleStore, path: string): Promise<number> {
  await endConnections(store);
  const before = await readBuffers(store);
  for (let request = 0; request < REQUESTS; request++) {
    const { status } = await store.catalog.get(path);
    if (status !== 200) throw new Error(`status ${status} for ${path}`);
  }
  await endConnections(store);
  return ((await readBuffers(store)) - before) / REQUESTS;
}

async function readBuffers({ database }: ScaleStore): Promise<number> {
  const { rows } = await database.query<{ buffers: string }>(
    `select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read as buffers
     from pg_statio_user_tables where relname = 'films'`,
  );
  return Number(rows[0]!.buffers);
}

/** Ends the connections of catalog: PostgreSQL adds up the statistics of a connection when it ends. Catalog opens others. */
async function endConnections({ database, catalog }: ScaleStore): Promise<void> {
  const source = `from pg_stat_activity where application_name = 'catalog' and datname = current_database()`;
  await database.query(`select pg_terminate_backend(pid) ${source}`);
  await eventually(async () => {
    const { rows } = await database.query(`select pid ${source}`);
    if (rows.length > 0) throw new Error('connections of catalog are still open');
  });
  await eventually(async () => {
    const { status } = await catalog.get('/products?limit=1');
    if (status !== 200) throw new Error(`status ${status} for a page`);
  });
}
