import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { ProblemCode } from '@film-store/problem';
import type { IdempotencyStore } from '@film-store/idempotency';
import { describeOnEveryStore } from '../../../idempotency/test/on-every-store.ts';
import { BUDGET_MS, getId, logged, newOrder, openShop } from './shop.ts';

/** Cases of the HTTP contract by their numbers: the record of an attempt, and the response to a retry. */
describeOnEveryStore('outcomes', (open) => {
  const shop = openShop(() => ({ store: open().store }));
  const order = (key: string, body: unknown) => shop.post('/orders', key, body);

  it('5: a replay has the same status, byte-identical body, Idempotent-Replayed: true, and no effect', async () => {
    const { key, body, runs } = newOrder();
    const first = await order(key, body);
    const second = await order(key, body);
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(second).toMatchObject({ status: 201, text: first.text, replayed: true });
    expect(runs()).toBe(1);
  });

  it('16: an invalid body, then the same key corrected: 400 and 422 unstored, then runs', async () => {
    const { key, body, runs } = newOrder();
    expect(await order(key, { ...body, price: 'free' })).toMatchObject({ status: 400 });
    expect(await order(key, { name: '' })).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(await order(key, '{"name":')).toMatchObject({ status: 400 });
    expect(await order(key, body)).toMatchObject({ status: 201, replayed: false });
    expect(runs()).toBe(1);
  });

  it.each<[ProblemCode | 'too often', number]>([
    ['too often', 429],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['payload-too-large', 413],
    ['unsupported-media-type', 415],
    ['overloaded', 503],
    ['breaker-open', 503],
    ['bulkhead-full', 503],
  ])('17: %s is never stored', async (code, status) => {
    const { key, body, runs } = newOrder(code);
    expect(await order(key, body)).toMatchObject({ status, replayed: false });
    expect(await order(key, { ...body, price: 7 })).toMatchObject({ status: 201, replayed: false });
    expect(runs()).toBe(2);
  });

  it('18: a business 4xx after execution is stored and replayed, with its own request id', async () => {
    const { key, body, runs } = newOrder('seat-taken');
    const first = await order(key, body);
    const second = await order(key, body);
    expect(first).toMatchObject({ status: 409, code: 'seat-taken', replayed: false });
    expect(second).toMatchObject({ status: 409, text: first.text, replayed: true });
    expect(JSON.parse(second.text)).toMatchObject({ requestId: first.headers.get('x-request-id') });
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    for (const name of ['content-type', 'cache-control'])
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(runs()).toBe(1);
  });

  it.each<[ProblemCode | 'a bug', number]>([
    ['upstream-unreachable', 502],
    ['upstream-timeout', 504],
    ['deadline-exceeded', 504],
    ['unavailable', 503],
  ])('19: %s after dispatch: not replayed as final, not released', async (code, status) => {
    const { key, body, derivedKeys } = newOrder(code);
    expect(await order(key, body)).toMatchObject({ status, code });
    expect(await order(key, { ...body, price: 7 })).toMatchObject({ status: 422 });
    expect(await order(key, body)).toMatchObject({ status: 201, replayed: false });
    expect(await order(key, body)).toMatchObject({ status: 201, replayed: true });
    expect(derivedKeys()).toHaveLength(2);
    expect(new Set(derivedKeys()).size).toBe(1);
  });

  it('19: a bug: not replayed as final, not released', async () => {
    const { key, body, runs } = newOrder('a bug');
    expect(await order(key, body)).toMatchObject({ status: 500, code: 'internal' });
    expect(await order(key, { ...body, price: 7 })).toMatchObject({ status: 422 });
    expect(await order(key, body)).toMatchObject({ status: 500 });
    expect(runs()).toBe(2);
  });

  it('20: the client disconnects midway: the order completes and is recorded, a retry replays 201', async () => {
    const { key, body, hold, runs } = newOrder();
    const go = hold();
    const leaving = new AbortController();
    const left = fetch(`${shop.url()}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: leaving.signal,
    });
    await expect.poll(runs).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    go();
    await expect.poll(() => order(key, body)).toMatchObject({ status: 201, replayed: true });
    expect(runs()).toBe(1);
  });

  it('20: the deadline passes midway: 504, the order completes and is recorded, a retry replays 201', async () => {
    const { key, body, hold, runs } = newOrder();
    const go = hold();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const late = order(key, body);
    while (runs() === 0) await new Promise(setImmediate);
    vi.advanceTimersByTime(BUDGET_MS);
    vi.useRealTimers();
    expect(await late).toMatchObject({ code: 'deadline-exceeded' });
    expect(await order(key, body)).toMatchObject({ status: 409, code: 'operation-in-progress' });
    go();
    await expect.poll(() => order(key, body)).toMatchObject({ status: 201, replayed: true });
    const { headers } = await order(key, body);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('location')).toMatch(/^\/orders\//);
    expect(runs()).toBe(1);
  });

  it('30: a response over 1 MiB is delivered, and its replay is produced again under the same derived key', async () => {
    const { key, body, derivedKeys } = newOrder();
    const first = await shop.post('/large', key, body);
    expect(first.text.length).toBeGreaterThan(1024 * 1024);
    expect(await shop.post('/large', key, body)).toMatchObject({
      status: 201,
      text: first.text,
      replayed: true,
    });
    expect(await shop.post('/large', key, newOrder().body)).toMatchObject({ status: 422 });
    expect(derivedKeys()).toHaveLength(2);
    expect(new Set(derivedKeys()).size).toBe(1);
  });

  it('32: a binary response, Content-Encoding: bytes and encoding are kept', async () => {
    const { key, body } = newOrder();
    const send = async () => {
      // Not by fetch, which decodes: the bytes are what counts.
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const sending = request(`${shop.url()}/binary`, { method: 'POST', headers }).end(JSON.stringify(body));
      const [response] = (await once(sending, 'response')) as [IncomingMessage];
      return { bytes: Buffer.concat((await response.toArray()) as Buffer[]), headers: response.headers };
    };
    const first = await send();
    const second = await send();
    expect(gunzipSync(first.bytes).subarray(0, 4)).toEqual(Buffer.from([0x89, 0x00, 0xff, 0x0a]));
    expect(second.bytes).toEqual(first.bytes);
    expect(second.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'image/png',
      'idempotent-replayed': 'true',
    });
  });

  it('33: Content-*, Location, ETag and Link are replayed; never Set-Cookie, Date, X-Request-Id', async () => {
    const { key, body } = newOrder();
    const first = await order(key, body);
    const second = await order(key, body);
    for (const name of ['content-type', 'content-length', 'location', 'etag', 'link'])
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(second.headers.get('location')).toMatch(/^\/orders\/[0-9a-f-]{36}$/);
    expect(second.headers.get('link')).toBe('</orders>; rel="collection"');
    expect(first.headers.get('set-cookie')).toBe('a=b');
    expect(second.headers.get('set-cookie')).toBeNull();
    expect(first.headers.get('date')).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(second.headers.get('date')).not.toBe(first.headers.get('date'));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it('36: the derived key is a valid key of its own', async () => {
    const { key, body, derivedKeys } = newOrder();
    await order(key, body);
    expect(derivedKeys()).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(derivedKeys()[0]).not.toBe(getId(key));
  });
});

/** Long beside what a test takes: none runs out by itself. */
const LEASE_MS = 1_000_000;

describeOnEveryStore('leases that run out', (open) => {
  const { store, advance } = open({ leaseMs: LEASE_MS });
  let renewals = 0;
  const shop = openShop(() => ({
    store: {
      ...store,
      // Renewed far oftener than it need be.
      leaseMs: 30,
      renew: async (...args) => {
        const renewed = await store.renew(...args);
        renewals += 1;
        return renewed;
      },
    },
  }));
  const order = (key: string, body: unknown) => shop.post('/orders', key, body);

  it('8: another payload after the lease expired: 422', async () => {
    const { key, body } = newOrder();
    // The fingerprint of another request.
    await store.claim(getId(key), { owner: 'a', fingerprint: '1:another' });
    await advance(getId(key), LEASE_MS);
    expect(await order(key, body)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  it('23: an operation longer than the lease: renewal keeps 409, no second run', async () => {
    const { key, body, hold, runs } = newOrder();
    const go = hold();
    const first = order(key, body);
    await expect.poll(runs).toBe(1);
    for (let time = 0; time < 3; time++) {
      await advance(getId(key), 0.9 * LEASE_MS);
      const before = renewals;
      // One that had begun before may end now.
      await expect.poll(() => renewals).toBeGreaterThan(before + 1);
    }
    expect(await order(key, body)).toMatchObject({ status: 409, code: 'operation-in-progress' });
    go();
    expect(await first).toMatchObject({ status: 201 });
    expect(runs()).toBe(1);
  });

  it('37: every attempt crashes: after 5 takeovers 409 outcome-unknown and an alert', async () => {
    const { key, body, runs } = newOrder();
    // A fingerprint of another version fits any request.
    for (const owner of ['1', '2', '3', '4', '5', '6']) {
      expect(await store.claim(getId(key), { owner, fingerprint: '0:any' })).toEqual({ outcome: 'claimed' });
      await advance(getId(key), LEASE_MS);
    }
    for (let time = 0; time < 2; time++) {
      const response = await order(key, body);
      expect(response).toMatchObject({ status: 409, code: 'outcome-unknown' });
      expect(JSON.parse(response.text)).toMatchObject({ safeNewKey: false, retryable: false });
    }
    const alerts = logged('idempotency.quarantined').filter((line) => line.includes(getId(key)));
    expect(alerts).toEqual([expect.stringContaining('"level":50')]);
    expect(runs()).toBe(0);
  });

  describe('while renewals are lost', () => {
    const silent: IdempotencyStore = { ...store, renew: () => Promise.reject(new Error('lost')) };
    const shop = openShop(() => ({ store: silent }));

    it('24: a stale owner completes after a takeover: rejected by owner; its client still gets a response', async () => {
      const { key, body, hold, runs } = newOrder();
      const goFirst = hold();
      const first = shop.post('/orders', key, body);
      await expect.poll(runs).toBe(1);
      await advance(getId(key), LEASE_MS);
      const goSecond = hold();
      const second = shop.post('/orders', key, body);
      await expect.poll(runs).toBe(2);
      goFirst();
      expect(await first).toMatchObject({ status: 201, replayed: false });
      goSecond();
      const { text } = await second;
      expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201, text, replayed: true });
      expect(logged('idempotency.lease_lost').filter((line) => line.includes(getId(key)))).toHaveLength(1);
    });
  });
});
