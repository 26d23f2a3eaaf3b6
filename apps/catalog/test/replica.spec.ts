import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService } from '@film-store/service';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  type TestPostgres,
  findPostgres,
  startPostgres,
  startReplica,
} from '../../../test/support/postgres.ts';
import { catalog } from '../src/catalog.ts';

const MATRIX = 'the-matrix-1999';
const bin = findPostgres();

describe.skipIf(bin === undefined)('two catalogs with a replica of PostgreSQL', () => {
  let stops: Stops;
  let primary: Client;
  let replica: Client;
  let replicaServer: TestPostgres;
  let urls: string[];

  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    stops.add({ stop: () => client.end() });
    return client;
  };

  beforeEach(async () => {
    stops = new Stops();
    const server = stops.add(await startPostgres(bin!));
    const env = { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: server.url };
    const importer = await createService(catalog, env);
    await importer.start();
    await importer.stop();
    replicaServer = stops.add(await startReplica(bin!, server.url));
    [primary, replica] = [await connect(server.url), await connect(replicaServer.url)];
    const settings = { ...env, DATABASE_REPLICA_URL: replicaServer.url, DATABASE_REPLICA_MAX_LAG_MS: '2000' };
    const services = [
      stops.add(await createService(catalog, settings)),
      stops.add(await createService(catalog, settings)),
    ];
    urls = await Promise.all(services.map((service) => service.start()));
    await eventuallyOnEach(async (url) => {
      if ((await readAsOf(url)) === undefined) throw new Error('the replica is not used yet');
    });
  });
  afterEach(() => stops.stop());

  interface ReadBody {
    readonly asOf?: string;
    readonly quantity?: number;
    readonly availability?: { readonly quantity: number };
    readonly details?: Readonly<Record<string, unknown>>;
  }
  const get = async (url: string, path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as ReadBody };
  };
  const readProduct = (url: string) => get(url, `/products/${MATRIX}`);
  const readAsOf = async (url: string): Promise<unknown> => (await readProduct(url)).body.asOf;
  const readIndicator = async (url: string) => (await get(url, '/health/deep')).body.details?.['replica'];
  const eventuallyOnEach = async (check: (url: string) => Promise<void>): Promise<void> => {
    await Promise.all(urls.map((url) => eventually(() => check(url))));
  };
  /** Changes the stock at the primary, which both the product and the availability contain. */
  const setStock = (quantity: number) =>
    primary.query('update stock set quantity = $1 where product_id = $2', [quantity, MATRIX]);

  it('read products, lists and searches from the replica, with the time of the data', async () => {
    await setStock(41);
    await eventuallyOnEach(async (url) => {
      const { body } = await readProduct(url);
      expect(body).toMatchObject({ availability: { quantity: 41 }, asOf: expect.any(String) });
    });
    for (const path of ['/products?limit=1', '/products?limit=1&q=matrix']) {
      const { body } = await get(urls[0]!, path);
      expect(Date.now() - Date.parse(body.asOf ?? '')).toBeLessThanOrEqual(2000);
    }
    expect(await readIndicator(urls[0]!)).toMatchObject({ status: 'up', role: 'standby' });
  });

  it('read stock and orders from the primary', async () => {
    await replica.query('select pg_wal_replay_pause()');
    await setStock(42);
    for (const url of urls) {
      const { body } = await get(url, `/products/${MATRIX}/availability`);
      expect(body).toMatchObject({ quantity: 42 });
      expect(body).not.toHaveProperty('asOf');
    }
  });

  it('read from the primary while the replica lags, and from the replica when it has caught up', async () => {
    await replica.query('select pg_wal_replay_pause()');
    await setStock(43);
    await eventuallyOnEach(async (url) => {
      const { status, body } = await readProduct(url);
      expect(status).toBe(200);
      expect(body.availability?.quantity).toBe(43);
      expect(body).not.toHaveProperty('asOf');
    });
    await eventuallyOnEach(async (url) =>
      expect(await readIndicator(url)).toMatchObject({
        status: 'degraded',
        role: 'standby',
        message: 'the replica is not current: reads go to the primary',
      }),
    );
    await replica.query('select pg_wal_replay_resume()');
    await eventuallyOnEach(async (url) =>
      expect((await readProduct(url)).body).toMatchObject({
        availability: { quantity: 43 },
        asOf: expect.any(String),
      }),
    );
  });

  it('serve every read while the replica stops', async () => {
    const statuses: number[] = [];
    const end = new AbortController();
    const reading = Promise.all(
      urls.map(async (url) => {
        while (!end.signal.aborted) statuses.push((await readProduct(url)).status);
      }),
    );
    await replicaServer.stop();
    await eventuallyOnEach(async (url) => expect(await readAsOf(url)).toBeUndefined());
    end.abort();
    await reading;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await eventuallyOnEach(async (url) =>
      expect(await readIndicator(url)).toMatchObject({ status: 'degraded', role: 'unreachable' }),
    );
    expect((await get(urls[0]!, '/health/ready')).status).toBe(200);
  });

  it('do not read from a replica that was promoted', async () => {
    await replica.query('select pg_promote()');
    await eventuallyOnEach(async (url) => expect(await readAsOf(url)).toBeUndefined());
    // A write to the promoted server is no data of this store.
    await replica.query('update stock set quantity = 0 where product_id = $1', [MATRIX]);
    await setStock(44);
    for (const url of urls)
      expect((await readProduct(url)).body).toMatchObject({ availability: { quantity: 44 } });
    await eventuallyOnEach(async (url) =>
      expect(await readIndicator(url)).toMatchObject({ status: 'degraded', role: 'primary' }),
    );
  });
});
