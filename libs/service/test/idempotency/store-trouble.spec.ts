import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type IdempotencyStore, memoryStore } from '@film-store/idempotency';
import { describeOnEveryStore } from '../../../idempotency/test/on-every-store.ts';
import { getId, logged, newOrder, openShop } from './shop.ts';

const gone = () => Promise.reject(new Error('connect ECONNREFUSED'));
const down: IdempotencyStore = {
  leaseMs: 10_000,
  claim: gone,
  renew: gone,
  complete: gone,
  markUnknown: gone,
  release: gone,
  explainLoss: gone,
};

describe('26: the store is down', () => {
  describe('and the upstream also supports the derived key', () => {
    const shop = openShop(() => ({ store: down }));

    it('sends the request with the same key each time', async () => {
      const { key, body, derivedKeys } = newOrder();
      expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201, replayed: false });
      expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201 });
      expect(derivedKeys()).toHaveLength(2);
      expect(new Set(derivedKeys()).size).toBe(1);
      expect(logged('idempotency.store_failed')).toHaveLength(1);
    });

    it('returns the problem of the upstream', async () => {
      const { key, body } = newOrder('seat-taken');
      expect(await shop.post('/orders', key, body)).toMatchObject({ status: 409, code: 'seat-taken' });
    });

    it('responds 503 idempotency-unavailable if the upstream is unreachable too', async () => {
      const { key, body } = newOrder('upstream-unreachable');
      const response = await shop.post('/orders', key, body);
      expect(response).toMatchObject({ status: 503, code: 'idempotency-unavailable' });
      expect(response.headers.get('retry-after')).toBe('1');
    });

    it('responds 503 to one request above the limit of concurrent requests', async () => {
      const { body, hold, runs } = newOrder();
      const go = hold();
      const sent = Array.from({ length: 32 }, () => shop.post('/orders', newOrder().key, body));
      await expect.poll(runs).toBe(32);
      const { key } = newOrder();
      expect(await shop.post('/orders', key, body)).toMatchObject({ code: 'idempotency-unavailable' });
      go();
      expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([201]));
      expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201 });
    });
  });

  describe('and the upstream does not support the key', () => {
    const shop = openShop(() => ({ store: down, whenStoreFails: 'reject' }));

    it('responds 503 idempotency-unavailable, and does nothing', async () => {
      const { key, body, runs } = newOrder();
      const response = await shop.post('/orders', key, body);
      expect(response).toMatchObject({ status: 503, code: 'idempotency-unavailable' });
      expect(response.headers.get('retry-after')).toBe('1');
      expect(runs()).toBe(0);
    });
  });
});

describe('a store that recovers', () => {
  const memory = memoryStore();
  let up = false;
  const shop = openShop(() => ({
    store: {
      ...memory,
      claim: (...args) => (up ? memory.claim(...args) : gone()),
      release: (...args) => (up ? memory.release(...args) : gone()),
    },
  }));

  it('is logged once, like its failure, and only when it has recorded keys for 10 s', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const countEvents = () =>
      ['idempotency.store_failed', 'idempotency.store_recovered'].map((event) => logged(event).length);
    const [failed = 0, recovered = 0] = countEvents();
    const place = async () => {
      const { key, body } = newOrder('breaker-open');
      await shop.post('/orders', key, body);
    };
    await place();
    await place();
    expect(countEvents()).toEqual([failed + 1, recovered]);
    up = true;
    await place();
    vi.advanceTimersByTime(9900);
    await place();
    expect(countEvents()).toEqual([failed + 1, recovered]);
    vi.advanceTimersByTime(200);
    await place();
    await place();
    expect(countEvents()).toEqual([failed + 1, recovered + 1]);
  });
});

describe('a read-only store, such as a replica', () => {
  const memory = memoryStore();
  const shop = openShop(() => ({
    store: { ...memory, claim: gone, complete: async () => false, release: async () => false },
  }));

  it('is not reported as recovered by a result that was not written', async () => {
    const back = () => logged('idempotency.store_recovered').length;
    const before = back();
    const { key, body } = newOrder();
    expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201 });
    expect(back()).toBe(before);
  });
});

describeOnEveryStore('replies that are lost', (open) => {
  const { store } = open();
  const shop = openShop(() => ({
    store: { ...store, claim: (...args) => store.claim(...args).then(gone) },
  }));
  const later = openShop(() => ({ store }));

  it('28: the reply to the claim is lost: no phantom 409', async () => {
    const { key, body, runs } = newOrder();
    const first = await shop.post('/orders', key, body);
    expect(first).toMatchObject({ status: 201 });
    expect(await later.post('/orders', key, body)).toMatchObject({ text: first.text, replayed: true });
    expect(runs()).toBe(1);
  });
});

describeOnEveryStore('records that fail', (open) => {
  const LEASE_MS = 1_000_000;
  const { store, advance } = open({ leaseMs: LEASE_MS });
  const shop = openShop(() => ({ store: { ...store, complete: gone } }));
  const later = openShop(() => ({ store }));

  it('29: the record write fails after the effect: 201 to the client; a retry sends the same key', async () => {
    const { key, body, derivedKeys } = newOrder();
    expect(await shop.post('/orders', key, body)).toMatchObject({ status: 201, replayed: false });
    expect(await later.post('/orders', key, body)).toMatchObject({ code: 'operation-in-progress' });
    await advance(getId(key), LEASE_MS);
    expect(await later.post('/orders', key, body)).toMatchObject({ status: 201 });
    expect(derivedKeys()).toHaveLength(2);
    expect(new Set(derivedKeys()).size).toBe(1);
  });
});

describeOnEveryStore('records that fail once', (open) => {
  const { store } = open();
  let failed = false;
  const complete: IdempotencyStore['complete'] = (...args) => {
    if (failed) return store.complete(...args);
    failed = true;
    return gone();
  };
  const shop = openShop(() => ({ store: { ...store, complete } }));

  it('are written soon after, so that a retry does not wait for the end of the lease', async () => {
    const { key, body, runs } = newOrder();
    const first = await shop.post('/orders', key, body);
    expect(first).toMatchObject({ status: 201, replayed: false });
    await expect
      .poll(() => shop.post('/orders', key, body), { timeout: 5000 })
      .toMatchObject({ status: 201, text: first.text, replayed: true });
    expect(runs()).toBe(1);
  });
});

describeOnEveryStore('records that take a while', (open) => {
  const { store } = open();
  const complete: IdempotencyStore['complete'] = async (...args) => {
    await sleep(3);
    return store.complete(...args);
  };
  const shop = openShop(() => ({ store: { ...store, complete } }));

  it('6: an immediate sequential retry, 200 times: never 409', async () => {
    for (let time = 0; time < 200; time++) {
      const { key, body } = newOrder();
      const first = await shop.post('/orders', key, body);
      expect(await shop.post('/orders', key, body)).toMatchObject({
        status: 201,
        text: first.text,
        replayed: true,
      });
    }
  });
});

describeOnEveryStore('two replicas', (open) => {
  const { store } = open();
  const shops = [openShop(() => ({ store })), openShop(() => ({ store }))];

  it('35: of 100 concurrent duplicates one is executed, the rest 409 or replay; afterwards all replay', async () => {
    const { key, body, hold, runs } = newOrder();
    const go = hold();
    const sent = Array.from({ length: 100 }, (_, n) => shops[n % 2]!.post('/orders', key, body));
    await expect.poll(runs).toBe(1);
    setTimeout(go, 50);
    const responses = await Promise.all(sent);
    const fresh = responses.filter(({ status, replayed }) => status === 201 && !replayed);
    expect(fresh).toHaveLength(1);
    for (const { status, replayed, code } of responses)
      expect(status === 201 || code === 'operation-in-progress', `${status} ${replayed}`).toBe(true);
    const after = await Promise.all(shops.map((shop) => shop.post('/orders', key, body)));
    for (const response of after) expect(response).toMatchObject({ text: fresh[0]!.text, replayed: true });
    expect(runs()).toBe(1);
  });
});
