import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availability, order, orderFeed, productDetail, productList } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { catalog } from '../src/catalog.ts';

const MATRIX = 'the-matrix-1999';

describe('the catalog service', () => {
  let directory: string;
  let service: Service;
  let url: string;

  const create = () =>
    createService(catalog, { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: directory });
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: await response.json() };
  };
  const post = async (body: unknown, headers: Record<string, string>) => {
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const oneMatrix = { items: [{ productId: MATRIX, quantity: 1 }] };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    service = await create();
    url = await service.start();
  });
  afterAll(async () => {
    await service.stop();
    await rm(directory, { recursive: true });
  });

  it('is ready with its database', async () => {
    expect(await get('/health/ready')).toMatchObject({
      status: 200,
      body: { details: { database: { status: 'up', engine: 'pglite' } } },
    });
  });

  it('lists products', async () => {
    const { status, body } = await get('/products?limit=2&genre=drama&q=the');
    expect(status).toBe(200);
    expect(productList.parse(body).items.map(({ id }) => id)).toEqual([
      'the-shawshank-redemption-1994',
      'the-usual-suspects-1995',
    ]);
  });

  it('returns one product with its availability', async () => {
    const { body } = await get(`/products/${MATRIX}`);
    expect(productDetail.parse(body).product.title).toBe('The Matrix');
    expect(availability.parse((await get(`/products/${MATRIX}/availability`)).body)).toMatchObject({
      inStock: true,
    });
  });

  it.each([
    ['/products?cursor=garbage', 400, 'validation-failed'],
    ['/products?limit=501', 422, 'validation-failed'],
    ['/products?limt=5', 400, 'validation-failed'],
    ['/products/Not%20an%20id', 400, 'validation-failed'],
    ['/products/nothing-1900', 404, 'not-found'],
    ['/products/nothing-1900/availability', 404, 'not-found'],
    ['/orders/4711', 400, 'validation-failed'],
    ['/orders/00000000-0000-4000-8000-000000000000', 404, 'not-found'],
    ['/orders/feed?after=-1', 422, 'validation-failed'],
  ])('responds to %s with %i %s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({ status, body: { code } });
  });

  it('places an order once per key and adds it to the feed', async () => {
    const headers = { 'idempotency-key': 'an-order-of-one-film' };
    const first = await post(oneMatrix, headers);
    const { id } = order.parse(first.body);
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/orders/${id}`);
    expect(first.headers.get('idempotent-replayed')).toBeNull();

    const repeated = await post(oneMatrix, headers);
    expect(repeated.status).toBe(201);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(repeated.body).toEqual(first.body);

    expect((await get(`/orders/${id}`)).body).toEqual(first.body);
    expect(orderFeed.parse((await get('/orders/feed?after=0')).body)).toEqual({
      entries: [{ seq: 1, orderId: id, items: oneMatrix.items }],
    });
  });

  it('rejects an order without a key', async () => {
    expect(await post(oneMatrix, {})).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-missing' },
    });
  });

  it('rejects an order of a sold-out film and replays the rejection', async () => {
    const body = { items: [{ productId: 'fight-club-1999', quantity: 1 }] };
    const headers = { 'idempotency-key': 'an-order-too-late' };
    const rejection = {
      status: 409,
      body: { code: 'out-of-stock', errors: [{ pointer: '/items/0/quantity' }] },
    };
    const first = await post(body, headers);
    expect(first).toMatchObject(rejection);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const repeated = await post(body, headers);
    expect(repeated).toMatchObject(rejection);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('does not start with a directory in use, and keeps its orders after a restart', async () => {
    const second = await create();
    await expect(second.start()).rejects.toThrow(`the directory ${directory} is in use`);
    await second.stop();

    const orders = (await get('/orders/feed')).body;
    await service.stop();
    service = await create();
    url = await service.start();
    expect((await get('/orders/feed')).body).toEqual(orders);
    expect(orderFeed.parse(orders).entries).toHaveLength(1);
  });
});
