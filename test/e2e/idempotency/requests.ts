import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '@film-store/contracts';
import { problemBody } from '@film-store/problem';
import { type OrderFixture, signToken } from '../order-fixture.ts';

/** Requests that count as equal, and invalid ones. */
export function requests(fixture: OrderFixture): void {
  const one = () => fixture.store.urls[0];
  const other = () => fixture.store.urls[1];
  const { newOrder, post, placed, committed, kept, letLeasesRunOut } = fixture;
  const reused = { status: 422, code: 'idempotency-key-reused', replayed: false };

  /** Not by fetch, which cannot send these headers. */
  async function postLines(order: OrderRequest, keyLines: string[]) {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await signToken('ann')}`,
      ...(keyLines.length > 0 && { 'idempotency-key': keyLines }),
    };
    const sending = request(`${one()}/api/orders`, { method: 'POST', headers }).end(JSON.stringify(order));
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    const body: unknown = JSON.parse(Buffer.concat((await response.toArray()) as Buffer[]).toString());
    return { status: response.statusCode, code: problemBody.parse(body).code, link: response.headers.link };
  }

  describe('requests', () => {
    it('1: no key: 400; no effect', async () => {
      const { order } = newOrder();
      const before = await kept();
      expect(await postLines(order, [])).toEqual({
        status: 400,
        code: 'idempotency-key-missing',
        link: '</docs>; rel="describedby"; type="text/html"',
      });
      expect(await kept()).toEqual(before);
      expect(await placed(order)).toEqual([]);
    });

    it('2: a key that is empty, "", over 255 characters, with a control character or a comma, or on two lines: 400; nothing is recorded', async () => {
      const { key, order } = newOrder();
      const before = await kept();
      const bad = [[''], ['""'], ['k'.repeat(256)], ['a-key-with\ta-tab-in-it'], [`${key},`], [key, key]];
      for (const lines of bad)
        expect(await postLines(order, lines)).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
      expect(await kept()).toEqual(before);
      expect(await placed(order)).toEqual([]);
      const longest = `${key}${'k'.repeat(255 - key.length)}`;
      expect(await post(one(), { key: longest, order })).toMatchObject({ status: 201 });
    });

    it('3: "k" and k: the same key', async () => {
      const posting = newOrder();
      const first = await post(one(), { ...posting, key: `"${posting.key}"` });
      expect(first).toMatchObject({ status: 201, replayed: false });
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('4: a key shorter than 16: 400, and the format is documented', async () => {
      const { order } = newOrder();
      const short = randomUUID().slice(0, 15);
      const rejected = await post(one(), { key: short, order });
      expect(rejected).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
      expect(rejected.headers.get('link')).toBe('</docs>; rel="describedby"; type="text/html"');
      expect(await placed(order)).toEqual([]);
      expect(await (await fetch(`${one()}/docs/openapi.json`)).json()).toMatchObject({
        paths: {
          '/api/orders': {
            post: {
              parameters: expect.arrayContaining([
                expect.objectContaining({
                  name: 'Idempotency-Key',
                  required: true,
                  schema: expect.objectContaining({ minLength: 16, maxLength: 255 }),
                }),
              ]),
            },
          },
        },
      });
      expect(await post(one(), { key: `${short}k`, order })).toMatchObject({ status: 201 });
    });

    it('7: another payload, completed: 422', async () => {
      const posting = newOrder();
      const another = newOrder().order;
      const first = await post(one(), posting);
      for (const url of fixture.store.urls)
        expect(await post(url, { ...posting, order: another })).toMatchObject(reused);
      expect(await placed(another)).toEqual([]);
      expect(await post(other(), posting)).toMatchObject({ text: first.text, replayed: true });
    });

    it('8: another payload, in flight or after the lease expired: 422, before any 409', async () => {
      const posting = newOrder();
      const another = newOrder().order;
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      expect(await post(other(), { ...posting, order: another })).toMatchObject(reused);
      await letLeasesRunOut();
      for (const url of fixture.store.urls)
        expect(await post(url, { ...posting, order: another })).toMatchObject(reused);
      fixture.store.toCatalog.release();
      expect(await first).toMatchObject({ status: 201 });
      expect(await placed(another)).toEqual([]);
    });

    it('9: the same payload in flight: 409 and Retry-After of at least 1', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      const reject = async (url: string) => {
        const response = await post(url, posting);
        expect(response).toMatchObject({ status: 409, code: 'operation-in-progress', replayed: false });
        return Number(response.headers.get('retry-after'));
      };
      for (const url of fixture.store.urls) {
        const wait = await reject(url);
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait).toBeLessThanOrEqual(10);
      }
      fixture.store.toCatalog.release();
      const { id, status } = await first;
      expect(status).toBe(201);
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('10: another principal, the same key and body: independent', async () => {
      const posting = newOrder();
      const ann = await post(one(), posting);
      const bob = await post(other(), { ...posting, as: 'bob' });
      expect(bob).toMatchObject({ status: 201, replayed: false });
      expect(new Set(await placed(posting.order))).toEqual(new Set([ann.id, bob.id]));
      expect(ann.id).not.toBe(bob.id);
      const authorization = `Bearer ${await signToken('bob')}`;
      expect((await fetch(`${one()}/api/orders/${ann.id}`, { headers: { authorization } })).status).toBe(404);
    });

    it('12: a new key, the same body: a second order', async () => {
      const posting = newOrder();
      const first = await post(one(), posting);
      const second = await post(one(), { ...posting, key: newOrder().key });
      expect(second).toMatchObject({ status: 201, replayed: false });
      expect(second.id).not.toBe(first.id);
      expect(new Set(await placed(posting.order))).toEqual(new Set([first.id, second.id]));
    });

    it('13: JSON members in another order, other white space: a replay; the order of an array counts', async () => {
      const { key, order } = newOrder();
      const items = [...order.items, ...newOrder().order.items];
      const email = 'ann@example.org';
      const first = await post(one(), { key, order: { items, email } });
      const lines = items.map(({ productId }) => `{"quantity": 1,\n "product\\u0049d" : "${productId}" }`);
      const text = `{ "email":"${email}",\t"items" : [ ${lines.join(' , ')} ] }`;
      expect(await post(other(), { key, order, text })).toMatchObject({
        status: 201,
        text: first.text,
        replayed: true,
      });
      expect(await post(other(), { key, order: { items: items.toReversed(), email } })).toMatchObject(reused);
      expect(await placed(order)).toEqual([first.id]);
    });

    it('14: 1 and 1.0; a JSON member twice; an integer over 2^53: the first are equal, the others 400', async () => {
      const { key, order } = newOrder();
      const { productId = '' } = order.items[0] ?? {};
      const write = (quantity: string) => `{"items":[{"productId":"${productId}","quantity":${quantity}}]}`;
      const first = await post(one(), { key, order, text: write('1') });
      expect(await post(other(), { key, order, text: write('1.0') })).toMatchObject({
        status: 201,
        text: first.text,
        replayed: true,
      });
      for (const bad of ['1,"quantity":1', '9007199254740993'])
        expect(await post(other(), { key, order, text: write(bad) })).toMatchObject({
          status: 400,
          code: 'validation-failed',
        });
      expect(await placed(order)).toEqual([first.id]);
    });

    it('15: another query or content type: 422, or 415 for an unsupported type', async () => {
      const posting = newOrder();
      const first = await post(one(), { ...posting, query: '?gift=yes&wrap=no' });
      const same = {
        query: '?wrap=no&gift=yes',
        headers: { 'content-type': 'application/json;charset=utf-8' },
      };
      expect(await post(other(), { ...posting, ...same })).toMatchObject({
        text: first.text,
        replayed: true,
      });
      for (const query of ['?gift=no&wrap=no', ''])
        expect(await post(other(), { ...posting, query })).toMatchObject(reused);
      const headers = { 'content-type': 'application/merge-patch+json' };
      expect(await post(other(), { ...posting, headers })).toMatchObject({ status: 415, replayed: false });
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('16: an invalid body, then the same key corrected: 400 or 422, not stored, then it runs', async () => {
      const { key, order } = newOrder();
      expect(await post(one(), { key, order, text: '{"items":' })).toMatchObject({ status: 400 });
      expect(await post(one(), { key, order: { items: [] } })).toMatchObject({ status: 422 });
      const unknown = { items: [{ productId: 'no-such-film-1900', quantity: 1 }] };
      expect(await post(one(), { key, order: unknown })).toMatchObject({
        status: 422,
        code: 'validation-failed',
      });
      const first = await post(other(), { key, order });
      expect(first).toMatchObject({ status: 201, replayed: false });
      expect(await placed(order)).toEqual([first.id]);
    });
  });
}
