import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Inject,
  Module,
  Post,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  LOAD_SHEDDER,
  type LoadShedder,
  LoadSheddingModule,
  createLoadShedder,
  createShedLoadMiddleware,
} from '../src/index.ts';

let work: PromiseWithResolvers<void>;

@Controller()
class BooksController {
  @Get('books')
  async books() {
    await work.promise;
    return { books: [] };
  }

  @Post('orders')
  order() {
    return this.books();
  }
}

@Module({ controllers: [BooksController] })
class BooksModule {}

const ONE = { strategy: 'fixed', initialLimit: 1, queueCapacity: 0 } as const;

let app: INestApplication;
const start = async (
  loadShedding: DynamicModule,
  adapter: AbstractHttpAdapter = new FastifyAdapter(),
): Promise<string> => {
  @Module({ imports: [loadShedding, BooksModule] })
  class AppModule {}
  app = await NestFactory.create(AppModule, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
};
beforeEach(() => (work = Promise.withResolvers()));
afterEach(async () => {
  work.resolve();
  await app.close();
});

describe('LoadSheddingModule in an empty application', () => {
  const forRoot = () => LoadSheddingModule.forRoot(ONE);
  const forRootAsync = () => LoadSheddingModule.forRootAsync({ useFactory: async () => ONE });
  it.each([
    ['forRoot', 'Fastify', forRoot, () => new FastifyAdapter()],
    ['forRootAsync', 'Fastify', forRootAsync, () => new FastifyAdapter()],
    ['forRoot', 'Express', forRoot, () => new ExpressAdapter()],
    ['forRootAsync', 'Express', forRootAsync, () => new ExpressAdapter()],
  ])(
    '%s on %s sheds requests above the limit, and serves again after that',
    async (_, __, module, adapter) => {
      const url = await start(module(), adapter());
      const shedder = app.get<LoadShedder>(LOAD_SHEDDER);
      const first = fetch(`${url}/books`);
      await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 1 });
      const shed = await fetch(`${url}/orders`, { method: 'POST' });
      expect(shed.status).toBe(503);
      expect(shed.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(shed.headers.get('retry-after')).toMatch(/^[123]$/);
      expect(await shed.json()).toMatchObject({ status: 503, code: 'overloaded' });
      work.resolve();
      expect((await first).status).toBe(200);
      await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 0 });
      expect((await fetch(`${url}/books`)).status).toBe(200);
    },
  );

  it('uses `classify`, `onShed` and `random` of the application', async () => {
    const reasons: string[] = [];
    const url = await start(
      LoadSheddingModule.forRoot({
        ...ONE,
        random: () => 0.99,
        classify: ({ method }) =>
          method === 'GET' ? undefined : { priority: 'critical', deadline: Infinity },
        onShed: (_request, { priority, reason }) => reasons.push(`${priority} ${reason}`),
      }),
    );
    const order = fetch(`${url}/orders`, { method: 'POST' });
    await expect.poll(() => app.get<LoadShedder>(LOAD_SHEDDER).describe()).toMatchObject({ inFlight: 1 });
    const shed = await fetch(`${url}/orders`, { method: 'POST' });
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '3']);
    expect(reasons).toEqual(['critical evicted']);
    const read = fetch(`${url}/books`);
    work.resolve();
    expect([(await order).status, (await read).status]).toEqual([201, 200]);
  });

  it('sheds nothing with the strategy `off`', async () => {
    const url = await start(LoadSheddingModule.forRoot({ ...ONE, strategy: 'off' }));
    const both = [fetch(`${url}/books`), fetch(`${url}/books`)];
    work.resolve();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(app.get(LOAD_SHEDDER).describe()).toEqual({ strategy: 'off' });
  });

  it('injects the load shedder into other modules', async () => {
    @Module({})
    class MonitoringModule {
      constructor(@Inject(LOAD_SHEDDER) readonly shedder: LoadShedder) {}
    }
    const module = LoadSheddingModule.forRoot(ONE);
    await start({ module: MonitoringModule, imports: [module] });
    expect(app.get(MonitoringModule).shedder.describe()).toMatchObject({ strategy: 'fixed', limit: 1 });
  });
});

it('sheds load as a middleware of a Nest application on Express', async () => {
  app = await NestFactory.create(BooksModule, new ExpressAdapter(), { logger: false });
  app.use(createShedLoadMiddleware(ONE));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const first = fetch(`${url}/books`);
  await expect.poll(async () => (await fetch(`${url}/nowhere`)).status).toBe(503);
  work.resolve();
  expect((await first).status).toBe(200);
  await expect.poll(async () => (await fetch(`${url}/books`)).status).toBe(200);
});

it('LoadSheddingModule does not stop a shedder that the application passes', async () => {
  const shedder = createLoadShedder(ONE);
  let stops = 0;
  const stop = () => void (stops += 1);
  await start(LoadSheddingModule.forRoot({ shedder: { ...shedder, stop } }));
  await app.close();
  expect(stops).toBe(0);
  shedder.stop();
});
