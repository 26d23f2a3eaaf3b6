import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ACTIVE_FAULTS,
  type ActiveFaults,
  FaultInjectionModule,
  type Scenarios,
  inboundFaultsPlugin,
} from '../src/index.ts';

const scenarios: Scenarios = {
  'books-down': {
    title: 'Books are down',
    expect: 'Pages have no books.',
    by: 'faults',
    faults: { shop: [{ point: 'books', kind: 'status', status: 503 }] },
  },
};

@Controller()
class ShopController {
  constructor(@Inject(FAULT_POINTS) private readonly faults: FaultPoints) {}

  @Get('books')
  async books() {
    const attempt = { point: 'books', method: 'GET', path: '/books', signal: AbortSignal.timeout(60_000) };
    const books = { status: 200, data: '[]', headers: {} };
    const { status } = await this.faults.exchange(attempt, async () => books);
    return { status };
  }
}

@Module({
  imports: [FaultInjectionModule.forRoot({ service: 'shop', scenarios })],
  controllers: [ShopController],
})
class AppModule {}

let app: NestFastifyApplication;
let url: string;
beforeEach(async () => {
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
  await app.register(inboundFaultsPlugin, { faults: app.get<ActiveFaults>(ACTIVE_FAULTS) });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterEach(() => app.close());

const put = (body: object, headers: object = {}) =>
  fetch(`${url}/ops/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const getBooksStatus = async () =>
  ((await (await fetch(`${url}/books`)).json()) as { status: number }).status;

it('starts and ends a scenario in a plain Nest application', async () => {
  const report = await fetch(`${url}/ops/faults`);
  expect(await report.json()).toMatchObject({ scenarios: [{ name: 'books-down' }] });
  expect(await (await put({ scenario: 'books-down' })).json()).toMatchObject({
    active: [{ service: 'shop', scenario: 'books-down' }],
  });
  expect(await getBooksStatus()).toBe(503);
  await fetch(`${url}/ops/faults?scenario=books-down`, { method: 'DELETE' });
  expect(await getBooksStatus()).toBe(200);
});

it('starts a fault of received requests', async () => {
  expect((await put({ faults: [{ point: 'inbound', kind: 'status', status: 503 }] })).status).toBe(200);
  expect((await fetch(`${url}/books`)).status).toBe(503);
});

it('rejects invalid requests, and callers that are no operators', async () => {
  expect((await put({ scenario: 'books-up' })).status).toBe(400);
  expect((await put({ faults: [] })).status).toBe(422);
  expect((await put({ scenario: 'books-down' }, { forwarded: 'for=192.0.2.1' })).status).toBe(403);
});
