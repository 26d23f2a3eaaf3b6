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

  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(url + path, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const read = () => ask(`/products/${MATRIX}/availability`);
  const order = (key: string, headers: Record<string, string> = {}) =>
    ask('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
      body: JSON.stringify({ items: [{ productId: MATRIX, quantity: 1 }] }),
    });
  const policies = async () => {
    const { upstreams } = (await ask('/ops/resilience')).body as {
      upstreams: { name: string; policies: { policy: string; state: object }[] }[];
    };
    const found = upstreams.find(({ name }) => name === 'database')?.policies ?? [];
    return Object.fromEntries(found.map(({ policy, state }) => [policy, state]));
  };
  const switchBreaker = (state: string) =>
    ask('/ops/breakers/database', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    });

  const orders = async () => orderFeed.parse((await ask('/orders/feed')).body).entries.length;

  describe('with a database that hangs', () => {
    /** A request that a slow machine kept from having most of its second says nothing of the database. */
    const untilOpen = () =>
      eventually(async () => {
        const answers = await Promise.all([read(), read(), read()]);
        expect(answers.map(({ status }) => status)).not.toContain(200);
        expect(await policies()).toMatchObject({ breaker: { state: 'open' } });
      });

    it('lets some wait in vain, and refuses the others at once', async () => {
      await postgres.pause();
      await untilOpen();
      for (let call = 0; call < 10; call += 1) {
        expect(await read()).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
      }
      expect(await order(randomUUID())).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
      expect((await ask('/health/ready')).status).toBe(503);
    });

    it('gets its connections back although they never answer, and goes on with new ones', async () => {
      await postgres.pause();
      await untilOpen();
      await eventually(async () =>
        expect(await policies()).toMatchObject({ bulkhead: { inFlight: 0, queued: 0, abandoned: 0 } }),
      );
      await postgres.resume();
      await switchBreaker('forced-closed');
      expect((await read()).status).toBe(200);
    });

    it('takes an order once, although nobody could tell its client', async () => {
      const key = randomUUID();
      const before = await orders();
      await postgres.pause();
      expect((await order(key, { 'x-request-timeout-ms': '400' })).status).toBe(504);
      await postgres.resume();
      expect((await order(key)).status).toBe(201);
      expect((await order(key)).status).toBe(201);
      expect(await orders()).toBe(before + 1);
    });
  });

  it('survives the loss of a connection in the middle of an order', async () => {
    const other = new Client({ connectionString: postgres.url });
    await other.connect();
    await other.query('begin');
    await other.query('select 1 from stock where product_id = $1 for update', [MATRIX]);
    const key = randomUUID();
    const cutShort = order(key);
    await eventually(async () => {
      const waiting = await lockWaits(other);
      expect(waiting).toHaveLength(1);
      await other.query('select pg_terminate_backend($1)', waiting);
    });
    await other.query('commit');
    await other.end();
    expect(await cutShort).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await order(key)).status).toBe(201);
    expect(await policies()).toMatchObject({ breaker: { state: 'closed', failures: 1 } });
  });

  it('does not blame the database for what is not there', async () => {
    for (let call = 0; call < 5; call += 1) expect((await ask('/products/nothing-1900')).status).toBe(404);
    expect(await policies()).toMatchObject({ breaker: { state: 'closed', failures: 0 } });
  });

  it('asks to try again later when its database is gone, be it a read or an order', async () => {
    await postgres.stop();
    expect(await order(randomUUID())).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await read()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await ask('/health/live')).status).toBe(200);
  });
});
