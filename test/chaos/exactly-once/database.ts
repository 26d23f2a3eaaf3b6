import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import type { Stoppable, Stops } from '../../../deploy/local/stops.ts';
import { createDatabase, findPostgres, startPostgres } from '../../support/postgres.ts';
import type { Settings } from '../experiment.ts';
import type { Part } from '../part.ts';
import type { Ledger, OrderRow } from './reconcile.ts';

type Query = (statement: string) => Promise<{ rows: unknown[] }>;

/** The database of catalog's orders. It survives every kill of catalog. */
export interface TestDatabase {
  /** Environment for catalog. */
  readonly env: NodeJS.ProcessEnv;
  /** True if catalog must stop while another process reads. */
  readonly exclusive: boolean;
  readLedger(): Promise<Ledger>;
}

/** Reads the ledger from catalog's database. Stops catalog for it if the database is exclusive. */
export async function readLedger(
  catalog: Pick<Part, 'start' | 'ready'> & Stoppable,
  database: TestDatabase,
): Promise<Ledger> {
  if (!database.exclusive) return database.readLedger();
  await catalog.stop();
  const ledger = await database.readLedger();
  catalog.start();
  await catalog.ready();
  return ledger;
}

export function openDatabase(kind: Settings['database'], stops: Stops): Promise<TestDatabase> {
  switch (kind) {
    case 'postgres':
      return onPostgres(stops);
    case 'pglite':
      return onPglite(stops);
    default:
      return kind satisfies never;
  }
}

async function onPostgres(stops: Stops): Promise<TestDatabase> {
  const { url } = stops.add(await createDatabase(await findServer(stops), 'chaos'));
  return {
    env: { DATABASE_URL: url },
    exclusive: false,
    readLedger: async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return await queryLedger((statement) => client.query(statement));
      } finally {
        await client.end();
      }
    },
  };
}

/** Uses the server of `TEST_DATABASE_URL`, or starts one. */
async function findServer(stops: Stops): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return given;
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('no PostgreSQL found: install it, set TEST_DATABASE_URL, or use --database pglite');
  return stops.add(await startPostgres(bin)).url;
}

async function onPglite(stops: Stops): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'film-store-chaos-'));
  stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  return {
    env: { DATABASE_URL: '', DATA_DIR: directory },
    exclusive: true,
    readLedger: async () => {
      const client = await PGlite.create(join(directory, 'pglite'));
      try {
        return await queryLedger((statement) => client.query(statement));
      } finally {
        await client.close();
      }
    },
  };
}

interface Rows {
  readonly orders: { id: string; email: string | null; seq: string | number | null };
  readonly order_items: { order_id: string; product_id: string; quantity: number };
  readonly stock: { product_id: string; quantity: number };
}

async function queryLedger(query: Query): Promise<Ledger> {
  const all = async <T extends keyof Rows>(table: T, order: string): Promise<Rows[T][]> =>
    (await query(`select * from ${table} order by ${order}`)).rows as Rows[T][];
  const orders = await all('orders', 'seq');
  const items = Map.groupBy(await all('order_items', 'position'), ({ order_id }) => order_id);
  const stock = await all('stock', 'product_id');
  return {
    orders: orders.map(({ id, email, seq }): OrderRow => ({
      id,
      key: (email ?? '').replace(/@.*/, ''),
      seq: Number(seq),
      items: (items.get(id) ?? []).map(({ product_id, quantity }) => ({ productId: product_id, quantity })),
    })),
    stock: new Map(stock.map(({ product_id, quantity }) => [product_id, quantity])),
  };
}
