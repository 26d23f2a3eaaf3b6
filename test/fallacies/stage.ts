import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createEmbeddedDatabases } from '../../deploy/local/embedded-databases.ts';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import { type ServiceName, serviceEnvironment, services, startService } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { publicService, toEnvName } from '../../deploy/platform/derived.ts';
import { platform } from '../../platform.config.ts';
import { productDetail, productList, productPage } from '@film-store/contracts';
import { eventually } from '../support/eventually.ts';
import { RELAXED_TIMEOUTS } from '../support/relaxed-timeouts.ts';
import { type HoldingProxy, startHoldingProxy } from '../support/holding-proxy.ts';
import { type TcpProxy, startTcpProxy } from '../../deploy/local/tcp-proxy.ts';

/** The built store, with a faulty network between all its parts. */
export interface Stage {
  /** The gateway, directly. */
  readonly url: string;
  readonly port: number;
  /** The gateway, through the network. */
  readonly toGateway: TcpProxy;
  readonly toCatalog: HoldingProxy;
  /** Two routes to each service that a page can do without: two equal endpoints for the gateway. */
  readonly toOptional: ReadonlyMap<string, readonly [TcpProxy, TcpProxy]>;
  /** Returns a film without earlier requests, with stock for some orders. */
  readonly nextFilm: () => string;
  /** Ends all network faults, and resolves when a page is complete again. */
  readonly settle: () => Promise<void>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const stops = new Stops();
  const dataDir = await mkdtemp(join(tmpdir(), 'fallacies-'));
  stops.add({ stop: () => rm(dataDir, { recursive: true, force: true }) });
  await createEmbeddedDatabases(dataDir);
  const ports = await freeServicePorts();
  const { gateway, catalog } = ports;
  const url = `http://127.0.0.1:${gateway}`;
  const start = (name: ServiceName, env: NodeJS.ProcessEnv = {}) => {
    const given = { ...process.env, ...RELAXED_TIMEOUTS, DATABASE_URL: '', REDIS_URL: '', DATA_DIR: dataDir };
    const service = startService({
      name,
      port: ports[name],
      env: { ...serviceEnvironment(name, ports, given), ...env },
    });
    return stops.add(service).ready();
  };
  try {
    const toCatalog = stops.add(await startHoldingProxy(catalog));
    const toOptional = new Map<ServiceName, readonly [TcpProxy, TcpProxy]>();
    for (const { name } of services) {
      if (publicService(platform).calls[name] !== 'degradable') continue;
      const startRoute = async () => stops.add(await startTcpProxy(ports[name]));
      toOptional.set(name, [await startRoute(), await startRoute()]);
    }
    const addresses = [...toOptional].map(([name, routes]) => [
      `${toEnvName(name)}_URL`,
      routes.map(({ port }) => at(port)).join(),
    ]);
    const toGateway = stops.add(await startTcpProxy(gateway));
    for (const { name } of services) if (name !== 'gateway') await start(name);
    await start('gateway', {
      CATALOG_URL: at(toCatalog.port),
      ...(Object.fromEntries(addresses) as Record<string, string>),
      // A read of catalog is held until the test continues: no second attempt may start meanwhile.
      UPSTREAM_CATALOG_TIMEOUT_FLOOR_MS: '1000',
      UPSTREAM_CATALOG_HEDGE: 'false',
      // Failures here must be short.
      ...Object.fromEntries(['catalog', ...toOptional.keys()].flatMap(forgivingBreaker)),
    });
    const known = await sellable(`http://127.0.0.1:${catalog}`);
    const settle = () => {
      toCatalog.release();
      for (const proxy of [toGateway, ...[...toOptional.values()].flat()]) proxy.clear();
      return eventually(async () => {
        const page = await getPage(url, known[0]!);
        expect(page.degraded).toEqual([]);
      });
    };
    let turn = 1;
    await settle();
    return {
      url,
      port: gateway,
      toGateway,
      toCatalog,
      toOptional,
      nextFilm: () => known[turn++]!,
      settle,
      stop: () => stops.stop(),
    };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

export const at = (port: number): string => `http://127.0.0.1:${port}`;

const forgivingBreaker = (name: string) => [
  [`UPSTREAM_${toEnvName(name)}_BREAKER_RESET_MS`, '200'],
  [`UPSTREAM_${toEnvName(name)}_BREAKER_RAMP_MS`, '0'],
];

async function sellable(catalog: string): Promise<string[]> {
  const { items } = productList.parse(await (await fetch(`${catalog}/products?limit=60`)).json());
  const quantity = async (id: string): Promise<number> => {
    const detail = productDetail.parse(await (await fetch(`${catalog}/products/${id}`)).json());
    return detail.availability.quantity;
  };
  const quantities = await Promise.all(items.map(async ({ id }) => ({ id, quantity: await quantity(id) })));
  return quantities.filter(({ quantity }) => quantity >= 5).map(({ id }) => id);
}

export async function getPage(url: string, id: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/products/${id}`, { headers });
  expect(response.status).toBe(200);
  return productPage.parse(await response.json());
}

/** Fetches the stock of a film. */
export const fetchQuantity = async (url: string, id: string): Promise<number> =>
  (await getPage(url, id)).availability.quantity;

export const toOrder = (productId: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
  body: JSON.stringify({ items: [{ productId, quantity: 1 }] }),
});
