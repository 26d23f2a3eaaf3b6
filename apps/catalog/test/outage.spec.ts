import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderFeed } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { eventually } from '../../../test/support/eventually.ts';
import { lockWaits } from '../../../test/support/lock-waits.ts';
import { type TestPostgres, findPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { catalog } from '../src/catalog.ts';

const MATRIX = 'the-matrix-1999';
const bin = findPostgres();

describe.skipIf(bin === undefined)('the catalog service', () => {
  let postgres: TestPostgres;
  let service: Service;
  let url: string;

  beforeAll(async () => {
    postgres = await startPostgres(bin ?? '');
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    service = await createService(catalog, {
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: postgres.url,
      UPSTREAM_DATABASE_BULKHEAD_CONCURRENT: '3',
      UPSTREAM_DATABASE_BREAKER_VOLUME: '3',
    });
    url = await service.start();
  });
  afterEach(async () => {
    await postgres.resume();
    await service.stop();
  });

  const send = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const read = () => send(`/products/${MATRIX}/availability`);
  const order = (key: string, headers: Record<string, string> = {}) =>
    send('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
      body: JSON.stringify({ items: [{ productId: MATRIX, quantity: 1 }] }),
    });
  const readPolicies = async () => {
    const { upstreams } = (await send('/ops/resilience')).body as {
      upstreams: { name: string; policies: { policy: string; state: object }[] }[];
    };
    const found = upstreams.find(({ name }) => name === 'database')?.policies ?? [];
    return Object.fromEntries(found.map(({ policy, state }) => [policy, state]));
  };
  const setBreaker = (state: string) =>
    send('/ops/breakers/database', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    });

  const countOrders = async () => orderFeed.parse((await send('/orders/feed')).body).entries.length;

  describe('with a database that hangs', () => {
    /** Repeats, because on a slow machine a request can use up its deadline before it reaches the database. */
    const waitUntilOpen = () =>
      eventually(async () => {
        const responses = await Promise.all([read(), read(), read()]);
        expect(responses.map(({ status }) => status)).not.toContain(200);
        expect(await readPolicies()).toMatchObject({ breaker: { state: 'open' } });
      });

    it('opens the breaker and rejects further requests immediately', async () => {
      await postgres.pause();
      await waitUntilOpen();
      for (let call = 0; call < 10; call += 1) {
        expect(await read()).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
      }
      expect(await order(randomUUID())).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
      expect((await send('/health/ready')).status).toBe(503);
    });

    it('replaces the connections that hang', async () => {
      await postgres.pause();
      await waitUntilOpen();
      await eventually(async () =>
        expect(await readPolicies()).toMatchObject({ bulkhead: { inFlight: 0, queued: 0, abandoned: 0 } }),
      );
      await postgres.resume();
      await setBreaker('forced-closed');
      expect((await read()).status).toBe(200);
    });

    it('places an order once when the client got no response', async () => {
      const key = randomUUID();
      const before = await countOrders();
      await postgres.pause();
      expect((await order(key, { 'x-request-timeout-ms': '400' })).status).toBe(504);
      await postgres.resume();
      expect((await order(key)).status).toBe(201);
      expect((await order(key)).status).toBe(201);
      expect(await countOrders()).toBe(before + 1);
    });
  });

  it('recovers when a connection is lost during an order', async () => {
    const other = new Client({ connectionString: postgres.url });
    await other.connect();
    await other.query('begin');
    await other.query('select 1 from stock where product_id = $1 for update', [MATRIX]);
    const key = randomUUID();
    const interrupted = order(key);
    await eventually(async () => {
      const waiting = await lockWaits(other);
      expect(waiting).toHaveLength(1);
      await other.query('select pg_terminate_backend($1)', waiting);
    });
    await other.query('commit');
    await other.end();
    expect(await interrupted).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await order(key)).status).toBe(201);
    expect(await readPolicies()).toMatchObject({ breaker: { state: 'closed', failures: 1 } });
  });

  it('does not count missing products as database failures', async () => {
    for (let call = 0; call < 5; call += 1) expect((await send('/products/nothing-1900')).status).toBe(404);
    expect(await readPolicies()).toMatchObject({ breaker: { state: 'closed', failures: 0 } });
  });

  it('returns 503 for reads and orders when the database is stopped', async () => {
    await postgres.stop();
    expect(await order(randomUUID())).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await read()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await send('/health/live')).status).toBe(200);
  });
});
