import { randomUUID } from 'node:crypto';
import {
  Body,
  ConflictException,
  Controller,
  HttpCode,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  Post,
  ServiceUnavailableException,
} from '@nestjs/common';
import { AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { DerivedIdempotencyKey } from '../src/derived-key.ts';
import { IdempotencyModule } from '../src/idempotency.module.ts';
import { Idempotent } from '../src/idempotent.decorator.ts';
import { memoryStore } from '../src/memory-store.ts';

const runs = new Map<string, number>();
const gates = new Map<string, Promise<unknown>>();

/** Errors that a handler throws at its first run, by the name in the request. */
const failures: Readonly<Record<string, () => Error>> = {
  conflict: () => new ConflictException('the seat is taken'),
  custom: () => new NotFoundException({ hint: 'try another film' }),
  problem: () => new Problem('not-found', { headers: { 'retry-after': '7' } }),
  unavailable: () => new ServiceUnavailableException('later'),
  internal: () => new Problem('internal', { detail: 'table orders is missing' }),
};

interface OrderBody {
  readonly name: string;
  readonly fail?: string;
}

@Controller('shops/:shop')
class OrdersController {
  @Post('orders')
  @Idempotent()
  async order(@Body() { name, fail }: OrderBody, @DerivedIdempotencyKey() key: string) {
    const run = (runs.get(name) ?? 0) + 1;
    runs.set(name, run);
    await gates.get(name);
    if (fail !== undefined && run === 1) throw failures[fail]!();
    return { id: randomUUID(), film: 'Amélie', key };
  }

  @Post('bytes')
  @Idempotent()
  bytes(): Buffer {
    return Buffer.from([0, 255, ...Buffer.from(randomUUID())]);
  }

  @Post('nothing')
  @Idempotent()
  @HttpCode(204)
  nothing(@Param('shop') shop: string): void {
    runs.set(shop, (runs.get(shop) ?? 0) + 1);
  }
}

@Module({
  imports: [IdempotencyModule.forRoot({ store: memoryStore(), secret: 'a secret of thirty-two characters' })],
  controllers: [OrdersController],
})
class PlainModule {}

interface PlainResponse {
  readonly status: number;
  readonly body: Buffer;
  readonly json: unknown;
  readonly headers: Headers;
  readonly replayed: boolean;
}

describe.each<[string, () => AbstractHttpAdapter]>([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('a plain Nest application on %s', (_, createAdapter) => {
  let app: INestApplication;
  let url = '';
  beforeAll(async () => {
    app = await NestFactory.create(PlainModule, createAdapter(), { logger: false });
    app.setGlobalPrefix('api');
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  async function post(path: string, key: string | undefined, body: object): Promise<PlainResponse> {
    const response = await fetch(`${url}/api/shops/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      body: bytes,
      json: isJson ? JSON.parse(bytes.toString()) : undefined,
      headers: response.headers,
      replayed: response.headers.get('idempotent-replayed') === 'true',
    };
  }

  const newOrder = (fail?: string) => ({ key: randomUUID(), body: { name: randomUUID(), fail } });

  it('sends 201, then replays it byte for byte', async () => {
    const { key, body } = newOrder();
    const first = await post('1/orders', key, body);
    const second = await post('1/orders', key, body);
    expect(first).toMatchObject({ status: 201, replayed: false, json: { film: 'Amélie' } });
    expect(second).toMatchObject({ status: 201, replayed: true, body: first.body });
    for (const name of ['content-type', 'content-length'])
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(runs.get(body.name)).toBe(1);
  });

  it('replays bytes and empty bodies', async () => {
    const [key, shop] = [randomUUID(), randomUUID()];
    const first = await post('1/bytes', key, {});
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(first.body.subarray(0, 2)).toEqual(Buffer.from([0, 255]));
    expect(await post('1/bytes', key, {})).toMatchObject({ status: 201, replayed: true, body: first.body });
    expect(await post(`${shop}/nothing`, key, {})).toMatchObject({ status: 204, replayed: false });
    expect(await post(`${shop}/nothing`, key, {})).toMatchObject({ status: 204, replayed: true });
    expect(runs.get(shop)).toBe(1);
  });

  it('rejects a request without a key with 400, and sends no link', async () => {
    const { body } = newOrder();
    const rejected = await post('1/orders', undefined, body);
    expect(rejected).toMatchObject({
      status: 400,
      json: { statusCode: 400, message: 'Idempotency key required' },
    });
    expect(rejected.headers.get('link')).toBeNull();
    expect(runs.get(body.name)).toBeUndefined();
  });

  it('rejects a repetition of a request in progress with 409 and Retry-After', async () => {
    const { key, body } = newOrder();
    const gate = Promise.withResolvers<void>();
    gates.set(body.name, gate.promise);
    const first = post('1/orders', key, body);
    await expect.poll(() => runs.get(body.name)).toBe(1);
    const rejected = await post('1/orders', key, body);
    gate.resolve();
    expect(rejected).toMatchObject({ status: 409, replayed: false });
    expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await first).toMatchObject({ status: 201 });
  });

  it('rejects another request under the same key with 422, also one to another path', async () => {
    const { key, body } = newOrder();
    await post('1/orders', key, body);
    expect(await post('1/orders', key, newOrder().body)).toMatchObject({ status: 422, replayed: false });
    expect(await post('2/orders', key, body)).toMatchObject({ status: 422, replayed: false });
  });

  it.each([
    ['conflict', 409, { statusCode: 409, message: 'the seat is taken', error: 'Conflict' }],
    ['custom', 404, { hint: 'try another film' }],
  ])('stores an HttpException (%s) and replays its own body', async (fail, status, json) => {
    const { key, body } = newOrder(fail);
    const first = await post('1/orders', key, body);
    const second = await post('1/orders', key, body);
    expect(first).toMatchObject({ status, json, replayed: false });
    expect(second).toMatchObject({ status, body: first.body, replayed: true });
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(runs.get(body.name)).toBe(1);
  });

  it('stores a problem and sends it with its headers', async () => {
    const { key, body } = newOrder('problem');
    const first = await post('1/orders', key, body);
    expect(first).toMatchObject({ status: 404, json: { code: 'not-found', status: 404 }, replayed: false });
    expect(first.headers.get('retry-after')).toBe('7');
    expect(first.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await post('1/orders', key, body)).toMatchObject({
      status: 404,
      body: first.body,
      replayed: true,
    });
  });

  it.each([
    ['unavailable', 503],
    ['internal', 500],
  ])('runs a request again after a 5xx (%s) under the same derived key', async (fail, status) => {
    const { key, body } = newOrder(fail);
    const failed = await post('1/orders', key, body);
    expect(failed).toMatchObject({ status, replayed: false });
    expect(failed.body.toString()).not.toContain('table');
    expect(await post('1/orders', key, newOrder().body)).toMatchObject({ status: 422 });
    expect(await post('1/orders', key, body)).toMatchObject({ status: 201, replayed: false });
    expect(runs.get(body.name)).toBe(2);
  });
});

it('does not start with invalid options, and names all of them', async () => {
  @Module({
    imports: [
      IdempotencyModule.forRootAsync({
        useFactory: () => ({ store: memoryStore(), secret: 'short', whenStoreFails: 'ignore' as 'reject' }),
      }),
    ],
  })
  class InvalidModule {}
  await expect(
    NestFactory.create(InvalidModule, new FastifyAdapter(), { logger: false, abortOnError: false }),
  ).rejects.toThrow(
    'idempotency options: secret must have at least 32 characters; whenStoreFails must be proceed or reject',
  );
});
