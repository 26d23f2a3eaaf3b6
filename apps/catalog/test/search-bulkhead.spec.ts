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

  beforeEach(() => {
    stops = new Stops();
  });
  afterEach(() => stops.stop());

  const start = async (settings: Record<string, string>): Promise<void> => {
    const database = stops.add(await createDatabase(server!, 'search'));
    const env = { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url, ...settings };
    const service = stops.add(await createService(catalog, env));
    url = await service.start();
    client = new Client({ connectionString: database.url });
    await client.connect();
    stops.add({ stop: () => client.end() });
  };

  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as { code?: string } };
  };

  it('leave all connections to other reads', async () => {
    await start({ OVERLOAD_STRATEGY: 'off' });
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

  it('leave permits of the load shedder to other reads', async () => {
    // Searches may fill seven of the ten permits.
    await start({ OVERLOAD_STRATEGY: 'fixed', OVERLOAD_LIMIT_INITIAL: '10' });
    await client.query('begin; lock table films');
    const searches = Array.from({ length: 15 }, () => get('/products?limit=5&q=matrix'));
    const statuses: number[] = [];
    for (let read = 0; read < 10; read += 1)
      statuses.push((await get('/products/the-matrix-1999/availability')).status);
    await client.query('rollback');
    expect(statuses).toEqual(Array(10).fill(200));
    await Promise.all(searches);
  });
});
