import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService } from '@film-store/service';
import { Stops } from '../../../deploy/local/stops.ts';
import { createDatabase } from '../../../test/support/postgres.ts';
import { catalog } from '../src/catalog.ts';

const server = process.env.TEST_DATABASE_URL;

describe.skipIf(server === undefined)('searches that hang', () => {
  let stops: Stops;
  let client: Client;
  let url: string;

  beforeEach(async () => {
    stops = new Stops();
    const database = stops.add(await createDatabase(server!, 'search'));
    const service = stops.add(
      await createService(catalog, {
        PORT: '0',
        LOG_LEVEL: 'silent',
        DATABASE_URL: database.url,
        OVERLOAD_STRATEGY: 'off',
      }),
    );
    url = await service.start();
    client = new Client({ connectionString: database.url });
    await client.connect();
    stops.add({ stop: () => client.end() });
  });
  afterEach(() => stops.stop());

  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as { code?: string } };
  };

  it('leave all connections to other reads', async () => {
    await client.query('begin; lock table films');
    const searches = Array.from({ length: 15 }, () => get('/products?q=matrix'));
    const reads = await Promise.all(
      Array.from({ length: 10 }, () => get('/products/the-matrix-1999/availability')),
    );
    const { rows } = await client.query(
      "select pid from pg_locks where relation = 'films'::regclass and not granted",
    );
    await client.query('rollback');
    expect(reads.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(rows.length).toBeLessThanOrEqual(1);
    await Promise.all(searches);
  });
});
