import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderInit, sendBad } from './client.ts';
import { type Store, startStore } from './store.ts';

const KEY = '0123456789abcdef';
const ITEM = { productId: 'toy-story-1995', quantity: 1 };

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'idempotency-key': KEY, ...headers },
  body,
});
const order = (body: unknown) => post(JSON.stringify(body));

type Case = [string, string, RequestInit | undefined, number, string];

const cases: Case[] = [
  ['an unknown film', '/api/products/no-such-film-1900', undefined, 404, 'not-found'],
  ['an id of another form', '/api/products/The%20Dark%20Knight', undefined, 400, 'validation-failed'],
  ['a NUL byte in an id', '/api/products/%00', undefined, 400, 'validation-failed'],
  ['a prototype key as an id', '/api/products/__proto__', undefined, 400, 'validation-failed'],
  ['a broken escape', '/api/products/%E0%A4%A', undefined, 400, 'validation-failed'],
  [
    'a path that leaves its root',
    '/api/products/..%2F..%2Forders%2Ffeed',
    undefined,
    400,
    'validation-failed',
  ],
  ['an endless id', `/api/products/${'x'.repeat(3000)}`, undefined, 414, 'uri-too-long'],
  ['a cursor of another form', '/api/products?cursor=%F0%9F%8E%AC', undefined, 400, 'validation-failed'],
  [
    'a cursor that the store never issued',
    '/api/products?cursor=Z2FyYmFnZQ',
    undefined,
    400,
    'validation-failed',
  ],
  [
    'a cursor with a prototype key',
    '/api/products?cursor=eyJfX3Byb3RvX18iOnt9fQ',
    undefined,
    400,
    'validation-failed',
  ],
  ['limit 0', '/api/products?limit=0', undefined, 422, 'validation-failed'],
  ['limit -1', '/api/products?limit=-1', undefined, 422, 'validation-failed'],
  ['limit 1e9', '/api/products?limit=1e9', undefined, 422, 'validation-failed'],
  ['limit 1.5', '/api/products?limit=1.5', undefined, 400, 'validation-failed'],
  ['limit NaN', '/api/products?limit=NaN', undefined, 400, 'validation-failed'],
  ['two limits', '/api/products?limit=1&limit=2', undefined, 400, 'validation-failed'],
  ['a NUL byte in a search', '/api/products?q=a%00b', undefined, 400, 'validation-failed'],
  ['an empty search', '/api/products?q=', undefined, 422, 'validation-failed'],
  ['a query of 10 kB', `/api/products?q=${'x'.repeat(10_000)}`, undefined, 414, 'uri-too-long'],
  ['an unknown parameter', '/api/products?sort=price', undefined, 400, 'validation-failed'],
  ['a prototype key in the query', '/api/products?__proto__=1', undefined, 400, 'validation-failed'],
  ['an unknown path', '/api/no-such-thing', undefined, 404, 'not-found'],
  ['an unknown method', '/api/home', { method: 'DELETE' }, 405, 'method-not-allowed'],
  ['broken JSON', '/api/orders', post('{"items":['), 400, 'validation-failed'],
  [
    'JSON that is not UTF-8',
    '/api/orders',
    { ...post(''), body: new Uint8Array([0x7b, 0xff, 0x7d]) },
    400,
    'validation-failed',
  ],
  [
    'a body of another type',
    '/api/orders',
    post('items=1', { 'content-type': 'text/plain' }),
    415,
    'unsupported-media-type',
  ],
  ...['gzip', 'bogus', 'identity, gzip'].map((coding): Case => [
    `a body in the coding ${coding}`,
    '/api/orders',
    post(JSON.stringify({ items: [ITEM] }), { 'content-encoding': coding }),
    415,
    'unsupported-media-type',
  ]),
  ...['iso-8859-1', '"utf-16"', 'utf-8; charset=latin1', ''].map((charset): Case => [
    `a body in the charset ${charset}`,
    '/api/orders',
    post(JSON.stringify({ items: [ITEM] }), { 'content-type': `application/json; charset=${charset}` }),
    415,
    'unsupported-media-type',
  ]),
  ['a body of 2 MiB', '/api/orders', order({ items: 'x'.repeat(2 ** 21) }), 413, 'payload-too-large'],
  [
    'a prototype key in a body',
    '/api/orders',
    post('{"items":[],"__proto__":{"x":1}}'),
    400,
    'validation-failed',
  ],
  ['deep JSON', '/api/orders', post('['.repeat(30_000) + ']'.repeat(30_000)), 400, 'validation-failed'],
  ['no items', '/api/orders', order({ items: [] }), 422, 'validation-failed'],
  ['quantity 0', '/api/orders', order({ items: [{ ...ITEM, quantity: 0 }] }), 422, 'validation-failed'],
  ['quantity 1e9', '/api/orders', order({ items: [{ ...ITEM, quantity: 1e9 }] }), 422, 'validation-failed'],
  [
    'a quantity in words',
    '/api/orders',
    order({ items: [{ ...ITEM, quantity: 'one' }] }),
    400,
    'validation-failed',
  ],
  ['one film twice', '/api/orders', order({ items: [ITEM, ITEM] }), 422, 'validation-failed'],
  [
    'a film that is not sold',
    '/api/orders',
    order({ items: [{ ...ITEM, productId: 'no-such-film' }] }),
    422,
    'validation-failed',
  ],
  [
    'an invalid email address',
    '/api/orders',
    order({ items: [ITEM], email: 'no-address' }),
    400,
    'validation-failed',
  ],
  ['an unknown member', '/api/orders', order({ items: [ITEM], price: 1 }), 400, 'validation-failed'],
  [
    'no idempotency key',
    '/api/orders',
    { ...order({ items: [ITEM] }), headers: { 'content-type': 'application/json' } },
    400,
    'idempotency-key-missing',
  ],
  [
    'a short idempotency key',
    '/api/orders',
    orderInit({ items: [ITEM] }, 'k'),
    400,
    'idempotency-key-invalid',
  ],
  ['an order id of another form', '/api/orders/1', undefined, 400, 'validation-failed'],
  ['an unknown order', '/api/orders/00000000-0000-4000-8000-000000000000', undefined, 404, 'not-found'],
];

describe('bad input gets the right problem, never a 5xx:', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore({ DATABASE_URL: '', REDIS_URL: '' });
  });
  afterAll(() => store.close());

  it.each(cases)('%s', async (_, path, init, status, code) => {
    const response = await sendBad(store, path, init);
    expect(response).toMatchObject({ status, problem: { status, code } });
    expect(response.type).toMatch(/^application\/problem\+json/);
    expect(response.problem.requestId).toBe(response.requestId);
  });
});
