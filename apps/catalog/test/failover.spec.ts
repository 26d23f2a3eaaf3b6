import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Service, createService } from '@film-store/service';
import { freePorts } from '../../../deploy/local/ports.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { findPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { type SwitchingProxy, startSwitchingProxy } from '../../../test/support/switching-proxy.ts';
import { catalog } from '../src/catalog.ts';

const MATRIX = 'the-matrix-1999';
const bin = findPostgres();

describe.skipIf(bin === undefined)('the catalog during a PostgreSQL failover behind one address', () => {
  const servers = new Stops();
  let oldPrimary: Client;
  let newPrimary: Client;
  let stops: Stops;
  let proxy: SwitchingProxy;
  let url: string;

  const startCatalog = (databaseUrl: string): Promise<Service> =>
    createService(catalog, { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl });

  /** Starts a server with the films, like a replica of the old primary. */
  const startServer = async (): Promise<Client> => {
    const server = servers.add(await startPostgres(bin ?? ''));
    const service = await startCatalog(server.url);
    await service.start();
    await service.stop();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    servers.add({ stop: () => client.end() });
    return client;
  };
  beforeAll(async () => {
    [oldPrimary, newPrimary] = [await startServer(), await startServer()];
  });
  afterAll(() => servers.stop());

  beforeEach(async () => {
    stops = new Stops();
    proxy = stops.add(await startSwitchingProxy(oldPrimary.port));
    const service = await startCatalog(`postgres://postgres@127.0.0.1:${proxy.port}/postgres`);
    stops.add(service);
    url = await service.start();
  });
  afterEach(async () => {
    await stops.stop();
    await setReadOnly(oldPrimary, 'off');
  });

  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const read = () => get(`/products/${MATRIX}/availability`);
  /** Blocks five concurrent reads, so the pool opens five connections. */
  const warmConnections = async (server: Client) => {
    await server.query('begin read write');
    await server.query('lock table stock in access exclusive mode');
    const reads = Promise.all(Array.from({ length: 5 }, read));
    await eventually(async () => {
      const { rowCount } = await server.query('select 1 from pg_locks where not granted');
      expect(rowCount).toBe(5);
    });
    await server.query('commit');
    await reads;
  };
  const order = async () => {
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ items: [{ productId: MATRIX, quantity: 1 }] }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const setReadOnly = async (client: Client, value: 'on' | 'off') => {
    await client.query(`alter system set default_transaction_read_only = ${value}`);
    await client.query('select pg_reload_conf()');
    // The setting reaches the sessions with a delay.
    await eventually(async () => {
      const { rows } = await client.query('show default_transaction_read_only');
      expect(rows).toEqual([{ default_transaction_read_only: value }]);
    });
  };
  const readBreaker = async () => {
    const { upstreams } = (await get('/ops/resilience')).body as {
      upstreams: { name: string; policies: { policy: string; state: object }[] }[];
    };
    const { policies = [] } = upstreams.find(({ name }) => name === 'database') ?? {};
    return policies.find(({ policy }) => policy === 'breaker')?.state;
  };

  it('serves reads and stays ready while no server accepts writes, and rejects orders with 503', async () => {
    await warmConnections(oldPrimary);
    await setReadOnly(oldPrimary, 'on');
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect(await order()).toMatchObject({
        status: 503,
        body: { code: 'unavailable', detail: 'the database is read-only' },
      });
      expect((await read()).status).toBe(200);
    }
    expect(await readBreaker()).toMatchObject({ state: 'closed', failures: 0 });
    expect(await get('/health/ready')).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: {
          database: { status: 'degraded', message: 'the database is read-only: orders fail, reads work' },
        },
      },
    });
  });

  it('places orders on the new primary after one failed order', async () => {
    expect((await order()).status).toBe(201);
    await warmConnections(oldPrimary);
    await setReadOnly(oldPrimary, 'on');
    proxy.leadTo(newPrimary.port);
    expect((await order()).status).toBe(503);
    expect((await read()).status).toBe(200);
    expect((await order()).status).toBe(201);
    expect((await newPrimary.query('select 1 from orders')).rowCount).toBe(1);
  });

  it('places orders on the new primary without a failed order after a health check', async () => {
    await warmConnections(oldPrimary);
    await setReadOnly(oldPrimary, 'on');
    proxy.leadTo(newPrimary.port);
    // Probes share a result for a second.
    await expect
      .poll(() => get('/health/ready'))
      .toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await read()).status).toBe(200);
    expect((await order()).status).toBe(201);
  });

  it('waits at startup, and is not ready, while no server accepts writes', async () => {
    await setReadOnly(oldPrimary, 'on');
    const [port = 0] = await freePorts(1);
    const replica = await createService(catalog, {
      PORT: String(port),
      LOG_LEVEL: 'silent',
      DATABASE_URL: `postgres://postgres@127.0.0.1:${oldPrimary.port}/postgres`,
    });
    stops.add(replica);
    const started = replica.start();
    url = `http://127.0.0.1:${port}`;
    await eventually(async () =>
      expect(await get('/health/ready')).toMatchObject({
        status: 503,
        body: { status: 'starting', details: { database: { message: 'the database is not open yet' } } },
      }),
    );
    await setReadOnly(oldPrimary, 'off');
    await started;
    expect((await order()).status).toBe(201);
  });
});
