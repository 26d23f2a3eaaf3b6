import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import { inStartOrder, publicService, toEnvName, toReplicas } from '../../deploy/platform/derived.ts';
import { order } from '@film-store/contracts';
import { platform } from '../../platform.config.ts';
import { getPage, orderInit, send } from '../e2e/client.ts';
import { eventually } from '../support/eventually.ts';
import { Compose } from './compose.ts';
import { filmsToSell, startShopping } from './shoppers.ts';

const FILM = 'the-dark-knight-2008';
const GATEWAY = publicService(platform);
/** One after another, upstreams first. The gateway has no replica here: during its restart no instance responds. */
const REPLICAS = inStartOrder(platform)
  .filter(({ name }) => name !== GATEWAY.name)
  .flatMap(toReplicas);
const SERVICES = [GATEWAY.name, ...REPLICAS];

let compose: Compose;
let store: { url: string };

beforeAll(async () => {
  const [port] = await freePorts(1);
  store = { url: `http://127.0.0.1:${port}` };
  compose = await Compose.find({
    COMPOSE_PROJECT_NAME: `film-store-smoke-${process.pid}`,
    [`${toEnvName(GATEWAY.name)}_PORT`]: String(port),
  });
  const began = performance.now();
  await compose.run('build', 'setup');
  const built = performance.now();
  await compose.run('up', '-d', ...SERVICES);
  await compose.healthy(...SERVICES);
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(`built in ${seconds(began, built)}, healthy ${seconds(built, performance.now())} after that`);
});
afterAll(() => compose.run('down', '--volumes', '--remove-orphans'));

describe('docker compose up', () => {
  it('serves complete pages', async () => {
    const { body } = await getPage(store, FILM);
    // #region part: recommendations
    expect(body.recommendations.source).toBe('personalized');
    // #endregion part: recommendations
    expect(body.degraded).toEqual([]);
  });

  it('accepts an order once per key', async () => {
    const before = (await getPage(store, FILM)).body.availability.quantity;
    const init = orderInit({ items: [{ productId: FILM, quantity: 1 }] });
    const placed = await send(store, '/api/orders', order, init);
    const repeated = await send(store, '/api/orders', order, init);
    expect([placed.status, placed.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(repeated.body).toEqual(placed.body);
    expect((await getPage(store, FILM)).body.availability.quantity).toBe(before - 1);
  });

  it('rejects operators without the generated token', async () => {
    const show = ['sed', '-n', 's/^ADMIN_TOKEN=//p', '/run/store/secrets.env'];
    const token = await compose.run('exec', '-T', GATEWAY.name, ...show);
    const operate = (headers: Record<string, string>) => fetch(`${store.url}/ops/resilience`, { headers });
    expect((await operate({})).status).toBe(401);
    expect((await operate({ authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('needs one replica of each', async () => {
    const shopping = startShopping(store, await filmsToSell(store, 50));
    const stopped = REPLICAS.filter((name) => name.endsWith('-1'));
    await compose.run('stop', ...stopped);
    const { sent, failures } = await shopping.stop();
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(0);
    expect((await getPage(store, FILM)).body.degraded).toEqual([]);
    await compose.run('start', ...stopped);
    await compose.healthy(...stopped);
  });

  it('works while the other services are replaced, container by container', async () => {
    const shopping = startShopping(store, await filmsToSell(store, 50));
    for (const replica of REPLICAS) {
      await compose.run('up', '-d', '--no-deps', '--force-recreate', replica);
      await compose.healthy(replica);
    }
    const { sent, failures } = await shopping.stop();
    console.log(`${sent} requests during ${REPLICAS.length} replacements, ${failures.length} failed`);
    expect(failures).toEqual([]);
  });

  it('works again after the gateway was replaced, with the same orders', async () => {
    const init = orderInit({ items: [{ productId: FILM, quantity: 1 }] });
    const placed = await send(store, '/api/orders', order, init);
    await compose.run('up', '-d', '--no-deps', '--force-recreate', GATEWAY.name);
    await compose.healthy(GATEWAY.name);
    const repeated = await eventually(() => send(store, '/api/orders', order, init));
    expect(repeated.body).toEqual(placed.body);
  });
});
