import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { expect, it } from 'vitest';
import { recordId } from '../../../idempotency/src/record-id.ts';
import { describeOnEveryStore } from '../../../idempotency/test/on-every-store.ts';
import { SECRET, getId, newOrder, openShop, recorded } from './shop.ts';

/** Which requests are the same: the cases of the HTTP contract by their numbers. */
describeOnEveryStore('requests', (open) => {
  const { store } = open();
  const shop = openShop(() => ({ store }));
  const order = (key: string, body: unknown, headers?: Record<string, string>) =>
    shop.post('/orders', key, body, headers);

  it('1: no key: 400, no effect, and a link to the documentation of keys', async () => {
    const { body, runs } = newOrder();
    const response = await fetch(`${shop.url()}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('link')).toBe('</docs>; rel="describedby"; type="text/html"');
    expect(await response.json()).toMatchObject({ code: 'idempotency-key-missing' });
    expect(runs()).toBe(0);
  });

  it.each(['', '""', 'k'.repeat(256), 'a-key-with,a-comma', 'a-key-with\ta-tab-in-it'])(
    '2: the key %j: 400, nothing recorded',
    async (key) => {
      const { body, runs } = newOrder();
      expect(await order(key, body)).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
      expect(runs()).toBe(0);
    },
  );

  it('2: two header lines: 400, nothing recorded', async () => {
    const { body, runs } = newOrder();
    const key = randomUUID();
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': [key, key] };
      request(`${shop.url()}/orders`, { method: 'POST', headers }, (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(JSON.stringify(body));
    });
    expect(status).toBe(400);
    expect(runs()).toBe(0);
    expect(await order(key, body)).toMatchObject({ status: 201, replayed: false });
  });

  it('3: "k" and k: the same key', async () => {
    const { key, body, runs } = newOrder();
    const first = await order(key, body);
    for (const same of [`"${key}"`, `"${key}";version=1`])
      expect(await order(same, body)).toMatchObject({ status: 201, text: first.text, replayed: true });
    expect(runs()).toBe(1);
  });

  it('4: a key shorter than 16: 400', async () => {
    expect(await order('k'.repeat(15), newOrder().body)).toMatchObject({
      status: 400,
      code: 'idempotency-key-invalid',
    });
    expect(await order(randomUUID().slice(0, 16), newOrder().body)).toMatchObject({ status: 201 });
  });

  it('7: another payload, completed: 422', async () => {
    const { key, body } = newOrder();
    const other = newOrder();
    await order(key, body);
    expect(await order(key, other.body)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(other.runs()).toBe(0);
  });

  it('8: another payload in flight: 422, before any 409', async () => {
    const { key, body, hold } = newOrder();
    const go = hold();
    const first = order(key, body);
    await expect.poll(() => recorded.runs.has(body.name)).toBe(true);
    expect(await order(key, newOrder().body)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    go();
    expect(await first).toMatchObject({ status: 201 });
  });

  it('9: the same payload in flight: 409 and Retry-After of at least 1', async () => {
    const { key, body, hold, runs } = newOrder();
    const go = hold();
    const first = order(key, body);
    await expect.poll(runs).toBe(1);
    const second = await order(key, body);
    expect(second).toMatchObject({ status: 409, code: 'operation-in-progress' });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    go();
    expect((await first).status).toBe(201);
    expect(runs()).toBe(1);
  });

  it('10: another principal, the same key and body: independent', async () => {
    const { key, body, derivedKeys } = newOrder();
    const ann = await order(key, body, { authorization: 'ann' });
    const bob = await order(key, body, { authorization: 'bob' });
    expect(bob).toMatchObject({ status: 201, replayed: false });
    expect(bob.text).not.toBe(ann.text);
    expect(new Set(derivedKeys()).size).toBe(2);
  });

  it('11: another route, the same key and body: independent', async () => {
    const { key, body } = newOrder();
    await order(key, body);
    expect(await shop.post('/refunds', key, body)).toMatchObject({ status: 201, replayed: false });
  });

  it('12: a new key, the same body: a second order', async () => {
    const { key, body, runs } = newOrder();
    const first = await order(key, body);
    const second = await order(randomUUID(), body);
    expect(second).toMatchObject({ status: 201, replayed: false });
    expect(second.text).not.toBe(first.text);
    expect(runs()).toBe(2);
  });

  it('13: JSON key order and white space: replay; array order counts', async () => {
    const { key, body } = newOrder();
    await order(key, { ...body, price: 1, tags: ['a', 'b'] });
    const respelt = `{ "tags":["a",\n"b"], "price":1,"n\\u0061me" : "${body.name}" }`;
    expect(await order(key, respelt)).toMatchObject({ status: 201, replayed: true });
    expect(await order(key, { ...body, price: 1, tags: ['b', 'a'] })).toMatchObject({ status: 422 });
  });

  it('14: 1 and 1.0: the same; duplicate JSON keys and integers over 2^53: 400', async () => {
    const { key, body, runs } = newOrder();
    const priced = (price: string) => `{"name":"${body.name}","price":${price}}`;
    await order(key, priced('1'));
    expect(await order(key, priced('1.0'))).toMatchObject({ status: 201, replayed: true });
    for (const bad of [priced('1,"price":1'), priced('9007199254740993')])
      expect(await order(key, bad)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(runs()).toBe(1);
  });

  it('15: another query: 422', async () => {
    const { key, body } = newOrder();
    await shop.post('/orders?gift=yes&wrap=no', key, body);
    expect(await shop.post('/orders?wrap=no&gift=yes', key, body)).toMatchObject({ replayed: true });
    expect(await shop.post('/orders?gift=no&wrap=no', key, body)).toMatchObject({ status: 422 });
    expect(await shop.post('/orders', key, body)).toMatchObject({ status: 422 });
  });

  it('38: a slow request on key A does not affect one on key B', async () => {
    const slow = newOrder();
    const go = slow.hold();
    const first = order(slow.key, slow.body);
    await expect.poll(slow.runs).toBe(1);
    expect(await order(newOrder().key, newOrder().body)).toMatchObject({ status: 201 });
    go();
    await first;
  });

  it('39: a key on GET is ignored', async () => {
    const headers = { 'idempotency-key': 'short' };
    const [first, second] = await Promise.all([1, 2].map(() => fetch(`${shop.url()}/orders`, { headers })));
    expect(first!.status).toBe(200);
    expect(await first!.text()).not.toBe(await second!.text());
  });

  it('40: no log line has the raw key', async () => {
    const { key, body, derivedKeys } = newOrder('upstream-timeout');
    await order(key, body);
    await order(key, body);
    expect(recorded.lines.length).toBeGreaterThan(0);
    expect(recorded.lines.join('')).not.toContain(key);
    expect(derivedKeys()[0]).not.toContain(key);
  });

  it('41: a principal that was revoked and retries: 401 or 403, because authentication precedes the lookup', async () => {
    const { key, body, runs } = newOrder();
    for (const [authorization, status] of [
      ['revoked', 401],
      ['forbidden', 403],
    ] as const) {
      const id = recordId(SECRET, { principal: authorization, method: 'POST', route: '/orders', key });
      await store.claim(id, { owner: 'a', fingerprint: '0:another version' });
      await store.complete(id, 'a', { status: 201, headers: {}, body: Buffer.from('secret') });
      expect((await order(key, body, { authorization })).status).toBe(status);
    }
    expect(runs()).toBe(0);
  });

  it('42: canonicalization changes in a deployment: no false 422', async () => {
    const { key, body } = newOrder();
    await store.claim(getId(key), { owner: 'a', fingerprint: '0:of the version before' });
    await store.complete(getId(key), 'a', { status: 201, headers: {}, body: Buffer.from('kept') });
    expect(await order(key, body)).toMatchObject({ status: 201, text: 'kept', replayed: true });
  });
});
