import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { productIndex } from '#libs/contracts';
import { eventually } from '../support/eventually.ts';
import { describeWithTwoGateways, tokenOf } from './order-desk.ts';

/** Of the few films that the store starts without. */
const SOLD_OUT = { items: [{ productId: 'fight-club-1999', quantity: 1 }] };

/** The cases of the HTTP contract by their numbers, over processes; see `libs/idempotency/test` for the others. */
describeWithTwoGateways('idempotency, all well', (desk) => {
  const one = () => desk.store.urls[0];
  const other = () => desk.store.urls[1];
  const { newOrder, post, placed } = desk;
  const keys: string[] = [];
  const asked = () => {
    const posting = newOrder();
    keys.push(posting.key);
    return posting;
  };
  afterEach(() => desk.store.toCatalog.release());

  it('5: a replay has the same status and Location, byte-identical body, and no effect', async () => {
    const posting = asked();
    const first = await post(one(), posting);
    expect(first).toMatchObject({ status: 201, replayed: false });
    for (const url of desk.store.urls) {
      const again = await post(url, posting);
      expect(again).toMatchObject({ status: 201, text: first.text, replayed: true });
      for (const name of ['location', 'content-type'])
        expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(first.headers.get('location')).toBe(`/api/orders/${first.id}`);
    expect(await placed(posting.order)).toEqual([first.id]);
  });

  it('10: another principal, the same key and body: independent', async () => {
    const posting = asked();
    const ann = await post(one(), posting);
    const bob = await post(other(), { ...posting, as: 'bob' });
    expect(bob).toMatchObject({ status: 201, replayed: false });
    expect(new Set(await placed(posting.order))).toEqual(new Set([ann.id, bob.id]));
    expect(ann.id).not.toBe(bob.id);
    const authorization = `Bearer ${await tokenOf('bob')}`;
    expect((await fetch(`${one()}/api/orders/${ann.id}`, { headers: { authorization } })).status).toBe(404);
  });

  it('17: 401, 415 and a breaker that is open are never stored', async () => {
    const { key, order } = asked();
    const breaker = (state: string) =>
      fetch(`${one()}/ops/breakers/catalog`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state }),
      });
    expect((await post(one(), { key, order, as: 'expired' })).status).toBe(401);
    expect((await post(one(), { key, order, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    await breaker('open');
    expect(await post(one(), { key, order })).toMatchObject({ status: 503, code: 'breaker-open' });
    await breaker('closed');
    await breaker('auto');
    const another = newOrder();
    expect(await post(one(), { ...another, key })).toMatchObject({ status: 201, replayed: false });
    expect(await placed(order)).toEqual([]);
  });

  it('18: out of stock is stored and replayed, with its own request id', async () => {
    const posting = { key: randomUUID(), order: SOLD_OUT };
    const first = await post(one(), posting);
    expect(first).toMatchObject({ status: 409, code: 'out-of-stock', replayed: false });
    expect(await post(other(), posting)).toMatchObject({ status: 409, text: first.text, replayed: true });
    expect(first.text).toContain(first.headers.get('x-request-id'));
  });

  it('25: the record is kept no longer: the database still replays', async () => {
    const posting = asked();
    await desk.store.redis.flushall();
    const first = await post(one(), posting);
    const [record = ''] = await desk.store.redis.keys('idem:1:*');
    await desk.store.redis.pexpire(record, 1);
    await eventually(async () => expect(await desk.store.redis.exists(record)).toBe(0));
    expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text });
    expect(await placed(posting.order)).toEqual([first.id]);
  });

  it('27: Redis loses the key, then a retry: one row, the same id and body', async () => {
    const posting = asked();
    const first = await post(one(), posting);
    await desk.store.redis.flushall();
    const different = { ...newOrder(), key: posting.key };
    expect(await post(one(), different)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text });
    expect(await placed(posting.order)).toEqual([first.id]);
  });

  it('30: an answer whose body was too large to keep is rebuilt from the catalog', async () => {
    const posting = asked();
    await desk.store.redis.flushall();
    const first = await post(one(), posting);
    const [record = ''] = await desk.store.redis.keys('idem:1:*');
    // As it is after an answer of over 1 MiB, which no order has.
    expect(await desk.store.redis.hdel(record, 'head', 'body')).toBe(2);
    const again = await post(other(), posting);
    expect(again).toMatchObject({ status: 201, text: first.text, replayed: true });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await placed(posting.order)).toEqual([first.id]);
  });

  it("34: a gateway's clock is off by an hour either way: no effect", async () => {
    const skewed = (ms: number) => {
      const now = `static now(){return super.now()+${ms}}`;
      const code = `Date=class extends Date{constructor(...at){super(...(at.length?at:[Date.now()]))}${now}}`;
      const url = `data:text/javascript,${encodeURIComponent(code)}`;
      return desk.store.startGateway({ NODE_OPTIONS: `--import=${url}` });
    };
    const [ahead, behind] = await Promise.all([skewed(3_600_000), skewed(-3_600_000)]);
    expect((await clockOf(ahead)) - (await clockOf(behind))).toBeGreaterThan(7_190_000);
    const posting = asked();
    desk.store.toCatalog.hold('replies');
    const first = post(one(), posting);
    await eventually(async () => expect(await placed(posting.order)).toHaveLength(1));
    for (const url of [ahead, behind]) {
      const early = await post(url, posting);
      expect(early).toMatchObject({ status: 409, code: 'operation-in-progress' });
      expect(Number(early.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    }
    desk.store.toCatalog.release();
    const { text } = await first;
    for (const url of [ahead, behind])
      expect(await post(url, posting)).toMatchObject({ status: 201, text, replayed: true });
    expect(await placed(posting.order)).toHaveLength(1);
  });

  it('35: 100 concurrent duplicates over 2 gateways: one row, one fresh 201, the rest 409 or replay', async () => {
    const posting = asked();
    const sent = Array.from({ length: 100 }, (_, n) => post(n % 2 === 0 ? one() : other(), posting));
    const answers = await Promise.all(sent);
    expect(answers.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
    for (const { status, code } of answers)
      expect(status === 201 || code === 'operation-in-progress', `${status} ${code}`).toBe(true);
    for (const url of desk.store.urls) expect(await post(url, posting)).toMatchObject({ replayed: true });
    expect(await placed(posting.order)).toHaveLength(1);
  });

  it('41: a principal is revoked and retries: 401, for authentication precedes the lookup', async () => {
    const posting = asked();
    const first = await post(one(), posting);
    expect(await post(one(), { ...posting, as: 'expired' })).toMatchObject({
      status: 401,
      code: 'unauthorised',
      replayed: false,
    });
    expect(await post(one(), posting)).toMatchObject({ text: first.text, replayed: true });
  });

  it('6: an immediate sequential retry, 200 times: never 409', async () => {
    const orders = Array.from({ length: 20 }, newOrder);
    for (let time = 0; time < 200; time++) {
      const posting = { key: randomUUID(), order: orders[time % orders.length]!.order };
      const first = await post(one(), posting);
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
    }
  });

  it('40: no log line and no span of any service has a raw key', async () => {
    const told = await eventually(() => {
      const text = desk.store.log.join('\n') + JSON.stringify(desk.store.spans);
      for (const part of ['"event":"http.request"', '"name":"POST catalog"'])
        if (!text.includes(part)) throw new Error(`nothing was told of ${part}`);
      return text;
    });
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => told.includes(key))).toEqual([]);
  });
});

const clockOf = async (url: string): Promise<number> => {
  const list = productIndex.parse(await (await fetch(`${url}/api/products?limit=1`)).json());
  return Date.parse(list.asOf);
};
