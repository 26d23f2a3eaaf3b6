import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productPage } from '@film-store/contracts';
import { problemBody } from '@film-store/problem';
import { type Service, createService } from '@film-store/service';
import { ALIEN, type CalledServices, startCalledServices } from '../../test/called-services.ts';
import { film, hang, json, problem, reset } from '../../test/fake-upstream.ts';
import { gateway } from '../gateway.ts';

let called: CalledServices;
let service: Service;
let url: string;

beforeEach(async () => {
  called = await startCalledServices();
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    ...called.env,
  });
  url = await service.start();
});

afterEach(async () => {
  await service.stop();
  called.close();
});

const page = async () => {
  const response = await fetch(`${url}/api/products/alien`);
  expect(response.status).toBe(200);
  return { headers: response.headers, ...productPage.parse(await response.json()) };
};

describe('a product page', () => {
  it('contains the film and its availability', async () => {
    const { product, availability, degraded, headers } = await page();
    expect(product).toEqual(ALIEN.product);
    expect(availability).toEqual({ ...ALIEN.availability, stale: false });
    expect(degraded).toEqual([]);
    expect(headers.get('x-degraded')).toBeNull();
  });

  it.each([
    ['hangs', hang, 504, 'upstream-timeout'],
    ['resets its connections', reset, 502, 'upstream-unreachable'],
    ['fails', json({}, 500), 502, 'upstream-bad-response'],
    ['returns another schema', json({ product: film('alien') }), 502, 'upstream-bad-response'],
    ['is unavailable', json({}, 503, { 'retry-after': '7' }), 503, 'unavailable'],
    ['is overloaded', problem(503, 'overloaded'), 503, 'overloaded'],
    ['returns 404 without a problem', json({}, 404), 502, 'upstream-bad-response'],
  ])('is a problem when catalog %s', async (_, handler, status, code) => {
    called.upstreams.catalog.respond('/products/alien', handler);
    const response = await fetch(`${url}/api/products/alien`);
    expect(response.status).toBe(status);
    expect(problemBody.parse(await response.json())).toMatchObject({ code, retryable: true });
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '7' : null);
  });

  it('is not found for an unknown film, with the request id of the gateway', async () => {
    called.upstreams.catalog.respond('/products/alien', problem(404, 'not-found'));
    const response = await fetch(`${url}/api/products/alien`);
    const { code, requestId } = problemBody.parse(await response.json());
    expect([response.status, code]).toEqual([404, 'not-found']);
    expect(requestId).toBe(response.headers.get('x-request-id'));
  });

  it('is complete after many requests for unknown films', async () => {
    for (let film = 0; film < 40; film += 1) {
      called.upstreams.catalog.respond(`/products/no-such-film-${film}`, problem(404, 'not-found'));
      expect((await fetch(`${url}/api/products/no-such-film-${film}`)).status).toBe(404);
    }
    expect(await page()).toMatchObject({ product: { id: 'alien' }, degraded: [] });
  });
});

describe('while catalog sheds reads', () => {
  it('orders succeed', async () => {
    const order = {
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      status: 'confirmed',
      items: [{ productId: 'alien', quantity: 1, unitPrice: { amount: 999, currency: 'EUR' } }],
      total: { amount: 999, currency: 'EUR' },
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    called.upstreams.catalog.respond('/products/alien', problem(503, 'overloaded'));
    called.upstreams.catalog.respond('/orders', json(order, 201));
    for (let read = 0; read < 40; read += 1)
      expect((await fetch(`${url}/api/products/alien`)).status).toBe(503);
    const placed = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'one-order-while-catalog-sheds' },
      body: JSON.stringify({ items: [{ productId: 'alien', quantity: 1 }] }),
    });
    expect(placed.status).toBe(201);
  });
});
