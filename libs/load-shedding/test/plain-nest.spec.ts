import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Inject,
  Module,
  Post,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  LOAD_SHEDDER,
  type LoadShedder,
  LoadSheddingModule,
  createShedLoadMiddleware,
} from '../src/index.ts';

let work: PromiseWithResolvers<void>;

@Controller()
class FilmsController {
  @Get('films')
  async films() {
    await work.promise;
    return { films: [] };
  }

  @Post('orders')
  order() {
    return this.films();
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

const ONE = { strategy: 'fixed', initialLimit: 1, queueCapacity: 0 } as const;

let app: INestApplication;
const start = async (loadShedding: DynamicModule): Promise<string> => {
  @Module({ imports: [loadShedding, FilmsModule] })
  class AppModule {}
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
};
beforeEach(() => (work = Promise.withResolvers()));
afterEach(async () => {
  work.resolve();
  await app.close();
});

describe('LoadSheddingModule in an empty application', () => {
  it.each([
    ['forRoot', () => LoadSheddingModule.forRoot(ONE)],
    ['forRootAsync', () => LoadSheddingModule.forRootAsync({ useFactory: async () => ONE })],
  ])('%s sheds what is over the limit, on all routes, and serves again after it', async (_, module) => {
    const url = await start(module());
    const shedder = app.get<LoadShedder>(LOAD_SHEDDER);
    const first = fetch(`${url}/films`);
    await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 1 });
    const shed = await fetch(`${url}/orders`, { method: 'POST' });
    expect(shed.status).toBe(503);
    expect(shed.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(shed.headers.get('retry-after')).toMatch(/^[123]$/);
    expect(await shed.json()).toMatchObject({ status: 503, code: 'overloaded' });
    work.resolve();
    expect((await first).status).toBe(200);
    await expect.poll(() => shedder.describe()).toMatchObject({ inFlight: 0 });
    expect((await fetch(`${url}/films`)).status).toBe(200);
  });

  it('takes class, callback and random numbers from the application', async () => {
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
    const read = fetch(`${url}/films`);
    work.resolve();
    expect([(await order).status, (await read).status]).toEqual([201, 200]);
  });

  it('sheds nothing when it is off', async () => {
    const url = await start(LoadSheddingModule.forRoot({ ...ONE, strategy: 'off' }));
    const both = [fetch(`${url}/films`), fetch(`${url}/films`)];
    work.resolve();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(app.get(LOAD_SHEDDER).describe()).toEqual({ strategy: 'off' });
  });

  it('injects the load shedder where it is needed', async () => {
    @Module({})
    class MonitoringModule {
      constructor(@Inject(LOAD_SHEDDER) readonly shedder: LoadShedder) {}
    }
    const module = LoadSheddingModule.forRoot(ONE);
    await start({ module: MonitoringModule, imports: [module] });
    expect(app.get(MonitoringModule).shedder.describe()).toMatchObject({ strategy: 'fixed', limit: 1 });
  });
});

it('the middleware sheds load in a Nest application on Express', async () => {
  app = await NestFactory.create(FilmsModule, new ExpressAdapter(), { logger: false });
  app.use(createShedLoadMiddleware(ONE));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const first = fetch(`${url}/films`);
  await expect.poll(async () => (await fetch(`${url}/nowhere`)).status).toBe(503);
  work.resolve();
  expect((await first).status).toBe(200);
  await expect.poll(async () => (await fetch(`${url}/films`)).status).toBe(200);
});
