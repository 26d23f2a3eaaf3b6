import { Controller, Get, Inject, Module } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { faultScenarios, scenarioNames } from '@film-store/contracts';
import { type FaultsReport, faultsReport } from '@film-store/fault-injection';
import {
  PolicyExecutors,
  type PolicyExecutor,
  InjectUpstream,
  HttpUpstream,
  UpstreamModule,
} from '@film-store/resilience';
import { CONFIG, httpUrls, serviceConfig } from '../src/config.ts';
import { executorEnv, toExecutorPolicies, toUpstreamPolicies, upstreamEnv } from '../src/environment.ts';
import { type Service, createService, defineService } from '../src/service.ts';
import { eventually } from '../../../test/support/eventually.ts';

const TOKEN = 's3cret-s3cret-s3cret';

@Controller('films')
class FilmsController {
  @Get()
  films() {
    return { title: 'Alien' };
  }
}
@Module({ controllers: [FilmsController] })
class CatalogModule {}
const catalog = defineService({
  name: 'catalog',
  config: serviceConfig({ port: 0 }),
  module: CatalogModule,
  scenarios: faultScenarios,
});

const shopConfig = serviceConfig({ port: 0 }).extend({
  CATALOG_URL: httpUrls,
  ...upstreamEnv('catalog', {
    timeoutInitialMs: 300,
    retryAttempts: 1,
    breakerMinimumCalls: 5,
    hedging: false,
  }),
  ...executorEnv('shelf', { timeoutInitialMs: 200 }),
});
type ShopConfig = z.infer<typeof shopConfig>;

@Controller()
class ShopController {
  private readonly shelf: PolicyExecutor;

  constructor(
    @InjectUpstream('catalog') private readonly catalog: HttpUpstream,
    dependencies: PolicyExecutors,
    @Inject(CONFIG) config: ShopConfig,
  ) {
    this.shelf = dependencies.create('shelf', {
      policies: toExecutorPolicies('shelf', config),
      isFailure: () => true,
    });
  }

  @Get('film')
  film() {
    return this.catalog.get('/films', { schema: z.object({ title: z.string() }) });
  }

  @Get('shelf')
  async onShelf() {
    return { count: await this.shelf.execute(async () => 7) };
  }
}
@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: ShopConfig) => ({
        url: config.CATALOG_URL,
        policies: toUpstreamPolicies('catalog', config),
      }),
    }),
  ],
  controllers: [ShopController],
})
class ShopModule {}
const shop = defineService({
  name: 'gateway',
  config: shopConfig,
  module: ShopModule,
  scenarios: faultScenarios,
  peers: ['catalog'],
});

const started: Service[] = [];
async function start(definition: typeof catalog, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const service = await createService(definition, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    FAULTS_ENABLED: 'true',
    ...env,
  });
  started.push(service);
  return service.start();
}
afterEach(() => Promise.all(started.splice(0).map((service) => service.stop())));

async function startBoth(env: NodeJS.ProcessEnv = {}) {
  const catalogUrl = await start(catalog, env);
  return { catalogUrl, url: await start(shop, { CATALOG_URL: catalogUrl, ...env }) };
}

const put = (url: string, order: object, headers: object = {}) =>
  fetch(`${url}/ops/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(order),
  });
const getReport = async (url: string): Promise<FaultsReport> =>
  faultsReport.parse(await (await fetch(`${url}/ops/faults`)).json());
const activeAt = async (url: string) =>
  (await getReport(url)).active.map(({ service, scenario }) => [service, scenario]);
const getCode = async (url: string) => ((await (await fetch(url)).json()) as { code?: string }).code;

describe('/ops/faults', () => {
  it('responds 404 unless FAULTS_ENABLED is true', async () => {
    const url = await start(catalog, { FAULTS_ENABLED: '' });
    for (const method of ['GET', 'DELETE', 'PUT'])
      expect((await fetch(`${url}/ops/faults`, { method })).status).toBe(404);
  });

  it('requires the token of an operator', async () => {
    const url = await start(catalog, { ADMIN_TOKEN: TOKEN });
    const order = { scenario: 'catalog-hang' };
    expect((await fetch(`${url}/ops/faults`)).status).toBe(401);
    expect((await put(url, order)).status).toBe(401);
    expect((await put(url, order, { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await fetch(`${url}/ops/faults`, { method: 'DELETE' })).status).toBe(401);
    expect((await fetch(`${url}/films`)).status).toBe(200);
    expect((await put(url, order, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  it('lists the scenarios, except those that need the network', async () => {
    const { scenarios, active, unreachable } = await getReport(await start(catalog));
    expect(scenarios.map(({ name }) => name)).toEqual(
      // The test process has an IPC channel, as under a supervisor.
      scenarioNames.filter((name) => name !== 'telemetry-down'),
    );
    expect([active, unreachable]).toEqual([[], []]);
  });

  it('rejects invalid faults, and names their errors', async () => {
    const url = await start(catalog);
    const getErrors = async (order: object) => {
      const response = await put(url, order);
      const { errors } = (await response.json()) as { errors: { pointer: string }[] };
      return [response.status, ...errors.map(({ pointer }) => pointer)];
    };
    expect(await getErrors({ scenario: 'telemetry-down' })).toEqual([422, '/scenario']);
    expect(await getErrors({ scenario: 'world-down' })).toEqual([400, '/scenario']);
    expect(await getErrors({ faults: [{ point: 'nowhere', kind: 'hang' }] })).toEqual([
      422,
      '/faults/0/point',
    ]);
    expect(await getErrors({ faults: [{ point: 'inbound', kind: 'hang', ttlMs: 600_001 }] })).toEqual([
      422,
      '/faults/0/ttlMs',
    ]);
    expect(await activeAt(url)).toEqual([]);
  });
});

describe('the outbound fault points', () => {
  it.each([
    [{ kind: 'delay', ms: 20 }, undefined],
    [{ kind: 'status', status: 503 }, 'unavailable'],
    [{ kind: 'hang' }, 'upstream-timeout'],
    [{ kind: 'reset' }, 'upstream-unreachable'],
    [{ kind: 'slow-body', ms: 20 }, undefined],
    [{ kind: 'truncate' }, 'upstream-unreachable'],
    [{ kind: 'garbage' }, 'upstream-bad-response'],
  ])('make a call fail like a real failure of the upstream: %j, %s', async (fault, code) => {
    const { url } = await startBoth();
    await put(url, { faults: [{ point: 'catalog', ...fault }] });
    expect(await getCode(`${url}/film`)).toBe(code);
    await fetch(`${url}/ops/faults`, { method: 'DELETE' });
    await eventually(async () => expect(await getCode(`${url}/film`)).toBeUndefined());
  });

  it('count as failures of the breaker', async () => {
    const { url } = await startBoth({ UPSTREAM_SHELF_BREAKER_VOLUME: '3' });
    await put(url, { faults: [{ point: 'shelf', kind: 'reset' }] });
    const codes: (string | undefined)[] = [];
    for (let count = 0; count < 5; count++) codes.push(await getCode(`${url}/shelf`));
    expect(codes.at(0)).toBe('internal');
    expect(codes.at(-1)).toBe('breaker-open');
  });

  it('can affect one region, and calls go to the other', async () => {
    const catalogUrl = await start(catalog);
    const other = await start(catalog);
    const url = await start(shop, {
      CATALOG_URL: `${catalogUrl}|${other}`,
      UPSTREAM_CATALOG_EJECT_AFTER_FAILURES: '1',
    });
    expect((await put(url, { scenario: 'region-down' })).status).toBe(200);
    expect(await getCode(`${url}/film`)).toBe('upstream-unreachable');
    expect(await getCode(`${url}/film`)).toBeUndefined();
  });
});

describe('a scenario with several services', () => {
  it('begins and ends with one request, and is reported as one', async () => {
    const { url, catalogUrl } = await startBoth();
    const begun = faultsReport.parse(await (await put(url, { scenario: 'catalog-hang' })).json());
    expect(begun.active).toMatchObject([
      { service: 'catalog', scenario: 'catalog-hang', fault: { kind: 'hang' } },
    ]);
    expect(await activeAt(catalogUrl)).toEqual([['catalog', 'catalog-hang']]);
    expect(await getCode(`${url}/film`)).toBe('upstream-timeout');
    expect((await fetch(`${url}/ops/faults?scenario=catalog-slow`, { method: 'DELETE' })).status).toBe(204);
    expect(await activeAt(catalogUrl)).toHaveLength(1);
    expect((await fetch(`${url}/ops/faults?scenario=catalog-hang`, { method: 'DELETE' })).status).toBe(204);
    expect(await activeAt(url)).toEqual([]);
    expect(await activeAt(catalogUrl)).toEqual([]);
  });

  it('ends at a peer whose breaker is open', async () => {
    const { url, catalogUrl } = await startBoth();
    await put(catalogUrl, { scenario: 'catalog-hang' });
    await fetch(`${url}/ops/breakers/catalog`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"state":"isolated"}',
    });
    expect(await activeAt(url)).toEqual([['catalog', 'catalog-hang']]);
    await fetch(`${url}/ops/faults`, { method: 'DELETE' });
    expect(await activeAt(catalogUrl)).toEqual([]);
  });

  it('is sent to its peers with their shared token', async () => {
    const { url } = await startBoth({ ADMIN_TOKEN: TOKEN });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const begun = faultsReport.parse(await (await put(url, { scenario: 'catalog-slow' }, headers)).json());
    expect(begun.active).toHaveLength(1);
  });

  it('begins nowhere if a peer rejects it, and the problem names the peer', async () => {
    const willing = await start(catalog);
    const unwilling = await start(catalog, { FAULTS_ENABLED: '' });
    const url = await start(shop, { CATALOG_URL: `${willing},${unwilling}` });
    const response = await put(url, { scenario: 'overload' });
    expect([response.status, await response.json()]).toEqual([
      502,
      expect.objectContaining({
        code: 'upstream-bad-response',
        detail: 'catalog did not start the scenario',
      }),
    ]);
    expect(await getReport(url)).toMatchObject({ active: [], unreachable: ['catalog'] });
    expect(await activeAt(willing)).toEqual([]);
  });

  it('does not need peers that take no part', async () => {
    const url = await start(shop, { CATALOG_URL: 'http://127.0.0.1:9' });
    expect((await put(url, { scenario: 'redis-down' })).status).toBe(200);
    expect(await activeAt(url)).toEqual([['gateway', 'redis-down']]);
  });

  it('ends at the peers after its time when the service that began it has died', async () => {
    const { url, catalogUrl } = await startBoth();
    const began = vi.spyOn(started[0]!.logger, 'warn');
    await put(url, { scenario: 'catalog-hang', ttlMs: 300 });
    expect(began).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'fault.started', scenario: 'catalog-hang' }),
      expect.any(String),
    );
    await started.pop()?.stop();
    await expect.poll(() => activeAt(catalogUrl)).toEqual([]);
    expect(await getCode(`${catalogUrl}/films`)).toBeUndefined();
  });
});
