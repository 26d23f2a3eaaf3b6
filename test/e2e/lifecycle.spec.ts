import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { Order } from '@film-store/contracts';
import { json, startFakeUpstream } from '../../apps/gateway/test/fake-upstream.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import { type ServiceName, root, serviceArguments, startService } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { orderInit } from './client.ts';
import { createDatabase } from '../support/postgres.ts';
import { probe } from './probes.ts';

const FILM = 'the-dark-knight-2008';
const ORDER: Order = {
  id: '0b4f63f5-6d52-4f6f-9e1c-3c3f1c8f4a55',
  status: 'confirmed',
  items: [{ productId: FILM, quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
  total: { amount: 999, currency: 'EUR' },
  createdAt: '2026-01-01T00:00:00.000Z',
};
const LONG_DRAIN = { DRAIN_WAIT_MS: '300000' };
/** Throws an uncaught error on SIGUSR2. */
const FRAGILE = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent("process.on('SIGUSR2',()=>{throw new Error('a bug')})")}`,
};

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

interface Started {
  readonly service: Service;
  readonly url: string;
  readonly lines: string[];
}

async function start(name: ServiceName, env: NodeJS.ProcessEnv): Promise<Started> {
  const [port = 0, closed] = await freePorts(2);
  const nowhere = `http://localhost:${closed}`;
  const dataDir = await mkdtemp(join(tmpdir(), 'lifecycle-'));
  const lines: string[] = [];
  const service = startService({
    name,
    port,
    env: {
      ...process.env,
      CATALOG_URL: nowhere,
      RECOMMENDATIONS_URL: nowhere,
      IDEMPOTENCY_SECRET: 'for tests only, 32 characters or more',
      REDIS_URL: '',
      DATABASE_URL: '',
      DATA_DIR: dataDir,
      ...env,
    },
    onLine: ({ text }) => lines.push(text),
  });
  stops.push(async () => {
    await service.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return { service, url: `http://localhost:${port}`, lines };
}

const events = ({ lines }: Started) =>
  lines.map((line) => (JSON.parse(line) as { event?: string }).event).filter((event) => event !== undefined);

describe('a service that stops', () => {
  it('is not ready at once, still responds, and exits with 0 after the second signal, which forces the shutdown', async () => {
    const gateway = await start('gateway', LONG_DRAIN);
    await gateway.service.ready();
    gateway.service.kill('SIGTERM');
    await eventually(async () => expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(503));
    expect(await probe(gateway.url)).toMatchObject({
      live: 200,
      deep: 503,
      report: { status: 'shutting_down' },
    });
    const home = await fetch(`${gateway.url}/api/home`);
    expect([home.status, home.headers.get('connection')]).toEqual([200, 'close']);
    gateway.service.kill('SIGINT');
    expect(await gateway.service.exited).toEqual({ code: 0, signal: null });
    expect(events(gateway).slice(-3)).toEqual([
      'http.request',
      'shutdown.forced',
      'shutdown.requests_aborted',
    ]);
  });

  it('exits although no process reads its log, which Node itself would wait for', async () => {
    const [port = 0] = await freePorts(1);
    const deaf = spawn(process.execPath, serviceArguments('gateway'), {
      cwd: root,
      env: { ...process.env, PORT: String(port), REDIS_URL: '', IDEMPOTENCY_SECRET: 'x'.repeat(32) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const exited = once(deaf, 'exit');
    stops.push(async () => deaf.kill('SIGKILL'));
    const url = `http://localhost:${port}/api/${'x'.repeat(250)}`;
    await eventually(async () => expect((await fetch(url)).status).toBe(404));
    for (let batch = 0; batch < 40; batch += 1)
      await Promise.all(Array.from({ length: 50 }, async () => (await fetch(url)).text()));
    deaf.disconnect();
    await exited;
    expect(deaf.killed).toBe(false);
  });
});

it('a service with an uncaught error drains, and exits with a failure', async () => {
  const gateway = await start('gateway', { ...FRAGILE, ...LONG_DRAIN });
  await gateway.service.ready();
  gateway.service.kill('SIGUSR2');
  await eventually(async () => expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(503));
  expect((await fetch(`${gateway.url}/api/home`)).status).toBe(200);
  gateway.service.kill('SIGTERM');
  expect(await gateway.service.exited).toEqual({ code: 1, signal: null });
  expect(events(gateway)).toContain('service.crashed');
});

const redis = process.env.TEST_REDIS_URL ?? '';

it.skipIf(redis === '')(
  'an order whose client has left is complete, and known, after the gateway has stopped',
  async () => {
    const catalog = await startFakeUpstream();
    stops.push(async () => catalog.close());
    const requested = Promise.withResolvers<ServerResponse>();
    catalog.respond('/orders', requested.resolve);
    const env = { CATALOG_URL: catalog.url, REDIS_URL: redis };
    const gateways = await Promise.all([start('gateway', env), start('gateway', env)]);
    await Promise.all(gateways.map(({ service }) => service.ready()));
    const [first, second] = gateways;

    const order = orderInit({ items: [{ productId: FILM, quantity: 1 }] });
    const leaving = new AbortController();
    const left = fetch(`${first.url}/api/orders`, { ...order, signal: leaving.signal });
    const held = await requested.promise;
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    first.service.kill('SIGTERM');
    await eventually(() => expect(fetch(`${first.url}/health/live`)).rejects.toThrow('fetch failed'));
    json(ORDER, 201)(held);
    expect(await first.service.exited).toEqual({ code: 0, signal: null });
    expect(events(first)).not.toContain('shutdown.requests_aborted');
    const repeated = await fetch(`${second.url}/api/orders`, order);
    expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  },
);

const server = process.env.TEST_DATABASE_URL ?? '';

describe.skipIf(server === '')('catalog on PostgreSQL', () => {
  it('completes an order in flight when it stops, and exits with 0', async () => {
    const { url: DATABASE_URL } = await createDatabase(server, 'e2e');
    const catalog = await start('catalog', { DATABASE_URL });
    await catalog.service.ready();
    const other = new pg.Client({ connectionString: DATABASE_URL });
    await other.connect();
    stops.push(() => other.end());
    await other.query('begin');
    await other.query('select 1 from stock where product_id = $1 for update', [FILM]);

    const order = fetch(`${catalog.url}/orders`, orderInit({ items: [{ productId: FILM, quantity: 1 }] }));
    await eventually(async () => expect(await lockWaits(other)).not.toEqual([]));
    catalog.service.kill('SIGTERM');
    // It has stopped listening, and waits for the order.
    await eventually(() => expect(fetch(`${catalog.url}/health/live`)).rejects.toThrow('fetch failed'));
    await other.query('commit');
    expect((await order).status).toBe(201);
    expect(await catalog.service.exited).toEqual({ code: 0, signal: null });
  });

  it('is live, reports that it starts, and accepts nothing without its database; then it is ready', async () => {
    const database = new URL((await createDatabase(server, 'e2e')).url);
    const { hostname, port } = database;
    const [door = 0] = await freePorts(1);
    database.hostname = '127.0.0.1';
    database.port = String(door);
    const catalog = await start('catalog', { DATABASE_URL: database.href });
    await eventually(async () =>
      expect(await probe(catalog.url)).toMatchObject({
        live: 200,
        ready: 503,
        deep: 503,
        report: {
          status: 'starting',
          details: { database: { status: 'down', message: 'the database is not open yet' } },
        },
      }),
    );
    const rejected = await fetch(`${catalog.url}/products/${FILM}`);
    expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await rejected.json()).toMatchObject({ code: 'unavailable', retryable: true });

    const forward = createServer((socket) => {
      const through = connect(Number(port), hostname);
      for (const [one, two] of [
        [socket, through],
        [through, socket],
      ] as const)
        one.on('error', () => two.destroy()).pipe(two);
    }).listen(door, '127.0.0.1');
    stops.unshift(async () => forward.close());
    await catalog.service.ready();
    expect((await fetch(`${catalog.url}/products/${FILM}`)).status).toBe(200);
  });

  it('stops while its database is unreachable', async () => {
    const [unknown = 0] = await freePorts(1);
    const catalog = await start('catalog', {
      DATABASE_URL: `postgres://127.0.0.1:${unknown}/${randomUUID()}`,
    });
    await eventually(async () => expect((await fetch(`${catalog.url}/health/live`)).status).toBe(200));
    catalog.service.kill('SIGTERM');
    expect(await catalog.service.exited).toEqual({ code: 0, signal: null });
  });

  it('exits with a failure, and reports it, if its database rejects it', async () => {
    const rejecting = new URL(server);
    rejecting.pathname = '/no_such_database';
    const catalog = await start('catalog', { DATABASE_URL: rejecting.href });
    expect(await catalog.service.exited).toEqual({ code: 1, signal: null });
    expect(events(catalog)).toContain('startup.failed');
  });
});
