import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productDetail } from '@film-store/contracts';
import { createService } from '@film-store/service';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { lockWaits } from '../../../test/support/lock-waits.ts';
import { describeWithPgbouncer, startPgbouncer } from '../../../test/support/pgbouncer.ts';
import { createDatabase } from '../../../test/support/postgres.ts';
import { catalog } from '../src/catalog.ts';

const MATRIX = 'the-matrix-1999';
const server = process.env.TEST_DATABASE_URL;

/** Defaults that differ from PostgreSQL's own. */
const OTHER_DEFAULTS = {
  datestyle: "'German'",
  timezone: "'Asia/Kathmandu'",
  intervalstyle: "'sql_standard'",
  bytea_output: "'escape'",
  client_encoding: "'LATIN1'",
  standard_conforming_strings: 'off',
  default_transaction_isolation: "'serializable'",
};

let stops: Stops;
beforeEach(() => {
  stops = new Stops();
});
afterEach(() => stops.stop());

async function newDatabase() {
  const database = stops.add(await createDatabase(server ?? '', 'catalog_test'));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  stops.add({ stop: () => client.end() });
  const name = new URL(database.url).pathname.slice(1);
  const setDefault = (setting: string, value: string) =>
    client.query(`alter database ${name} set ${setting} = ${value}`);
  return { url: database.url, client, setDefault };
}

async function startCatalog(databaseUrl: string): Promise<{ url: string }> {
  const service = await createService(catalog, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
  });
  stops.add({ stop: () => service.stop() });
  return { url: await service.start() };
}

async function get(url: string) {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as object };
}

async function order(url: string) {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ items: [{ productId: MATRIX, quantity: 1 }] }),
  });
  return { status: response.status, body: (await response.json()) as { id: string; createdAt: string } };
}

/** Reads a film, and places and reads an order. */
async function readAndOrder(url: string) {
  const { status, body } = await get(`${url}/products/${MATRIX}`);
  const { product, availability } = productDetail.parse(body);
  const placed = await order(url);
  const read = await get(`${url}/orders/${placed.body.id}`);
  return {
    statuses: [status, placed.status, read.status],
    releaseDate: product.releaseDate,
    readsOrderAsPlaced: JSON.stringify(read.body) === JSON.stringify(placed.body),
    timesInUtc: [availability.lastUpdated, placed.body.createdAt].every((time) => UTC_TIME.test(time)),
    timesInSameHour: Date.parse(placed.body.createdAt) - Date.parse(availability.lastUpdated) < 3_600_000,
  };
}

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const EXPECTED = {
  statuses: [200, 201, 200],
  releaseDate: '1999-03-31',
  readsOrderAsPlaced: true,
  timesInUtc: true,
  timesInSameHour: true,
};

describe.runIf(server)('the catalog on PostgreSQL', () => {
  it('sends equal dates, times and text with other database defaults', async () => {
    const { url, setDefault } = await newDatabase();
    for (const [setting, value] of Object.entries(OTHER_DEFAULTS)) await setDefault(setting, value);
    const service = await startCatalog(url);
    expect(await readAndOrder(service.url)).toEqual(EXPECTED);
  });
});

describeWithPgbouncer('the catalog behind PgBouncer in transaction mode', () => {
  const newPooledDatabase = async () => {
    const database = await newDatabase();
    const pooler = stops.add(await startPgbouncer(database.url));
    return { ...database, pooled: pooler.url };
  };

  it('sends equal dates, times and text with other database defaults', async () => {
    const { pooled, setDefault } = await newPooledDatabase();
    for (const [setting, value] of Object.entries(OTHER_DEFAULTS)) await setDefault(setting, value);
    const service = await startCatalog(pooled);
    expect(await readAndOrder(service.url)).toEqual(EXPECTED);
  });

  it('leaves no lock, so the next replica starts', async () => {
    const { pooled, client } = await newPooledDatabase();
    await startCatalog(pooled);
    const { rows } = await client.query(
      `select 1 from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(rows).toEqual([]);
    const second = await startCatalog(pooled);
    expect((await get(`${second.url}/health/ready`)).status).toBe(200);
  });

  it('lets the server cancel a read that waits too long', async () => {
    const { pooled, client } = await newPooledDatabase();
    const { url } = await startCatalog(pooled);
    await client.query('begin');
    await client.query('lock table stock in access exclusive mode');
    const read = await get(`${url}/products/${MATRIX}/availability`);
    expect(read.status).toBe(504);
    await eventually(async () => expect(await lockWaits(client)).toEqual([]));
    await client.query('rollback');
  });
});
