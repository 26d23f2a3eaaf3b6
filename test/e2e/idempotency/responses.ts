import { describe, expect, it } from 'vitest';
import { productIndex } from '@film-store/contracts';
import { eventually } from '../../support/eventually.ts';
import { type OrderFixture, type Posting, signToken } from '../order-fixture.ts';

/** One of the few films without initial stock. */
const SOLD_OUT = { items: [{ productId: 'fight-club-1999', quantity: 1 }] };

/** The response to a repetition without failures. */
export function responses(fixture: OrderFixture): void {
  const one = () => fixture.store.urls[0];
  const other = () => fixture.store.urls[1];
  const { newOrder, post, postAlone, placed } = fixture;

  describe('responses', () => {
    it('5: a replay: the same status, a byte-identical body, Idempotent-Replayed: true, no effect', async () => {
      const posting = newOrder();
      const first = await post(one(), posting);
      expect(first).toMatchObject({ status: 201, replayed: false });
      for (const url of fixture.store.urls)
        expect(await post(url, posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('17: 401, 403, 413, 415, 429, shed, breaker open: never stored', async () => {
      const { key, order } = newOrder();
      const breaker = (state: string) =>
        fetch(`${one()}/ops/breakers/catalog`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state }),
        });
      const rejected = async (posting: Partial<Posting>, status: number) =>
        expect(await post(one(), { key, order, ...posting })).toMatchObject({ status, replayed: false });
      await rejected({ as: 'expired' }, 401);
      await rejected({ text: ' '.repeat(2 ** 21) }, 413);
      await rejected({ headers: { 'content-type': 'text/plain' } }, 415);
      await breaker('isolated');
      expect(await post(one(), { key, order })).toMatchObject({ status: 503, code: 'breaker-open' });
      await breaker('forced-closed');
      await breaker('auto');
      const another = newOrder().order;
      expect(await post(one(), { key, order: another })).toMatchObject({ status: 201, replayed: false });
      expect(await placed(order)).toEqual([]);
    });

    it('18: a business 4xx after execution, out of stock: stored and replayed', async () => {
      const posting = { key: newOrder().key, order: SOLD_OUT };
      const first = await post(one(), posting);
      expect(first).toMatchObject({ status: 409, code: 'out-of-stock', replayed: false });
      expect(first.text).toContain(first.headers.get('x-request-id'));
      // The response remains, although there is enough stock now.
      const stock = (quantity: number) =>
        fixture.store.database.query('update stock set quantity = $1 where product_id = $2', [
          quantity,
          SOLD_OUT.items[0]?.productId,
        ]);
      await stock(1);
      const repeated = await post(other(), posting);
      await fixture.store.redis.flushall();
      const fromCatalog = await post(other(), posting);
      await stock(0);
      expect(repeated).toMatchObject({ status: 409, text: first.text, replayed: true });
      expect(repeated.headers.get('cache-control')).toBe('no-store');
      expect(fromCatalog).toMatchObject({ status: 409, code: 'out-of-stock' });
      expect(await placed(SOLD_OUT)).toEqual([]);
    });

    it('33: headers of a replay: Content-*, Location, ETag and Link; never Set-Cookie, Date, X-Request-Id', async () => {
      const posting = newOrder();
      const { first, record } = await postAlone(posting);
      const repeated = await post(other(), posting);
      for (const name of ['content-type', 'content-length', 'content-security-policy', 'location'])
        expect(repeated.headers.get(name)).toBe(first.headers.get(name));
      expect(first.headers.get('location')).toBe(`/api/orders/${first.id}`);
      expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(repeated.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
      // Headers that are not stored cannot return: Set-Cookie, Date, X-Request-Id, or future ones.
      const { headers } = JSON.parse((await fixture.store.redis.hget(record, 'head')) ?? '') as object & {
        headers: object;
      };
      expect(Object.keys(headers).toSorted()).toEqual(['content-type', 'location']);
    });

    it("34: a gateway's clock is off by an hour either way: no effect", async () => {
      expect((await readClock(one())) - (await readClock(other()))).toBeGreaterThan(7_190_000);
      for (const [first, second] of [fixture.store.urls, fixture.store.urls.toReversed()] as [
        string,
        string,
      ][]) {
        const posting = newOrder();
        const held = await fixture.holdFilm(posting.order);
        const placing = post(first, posting);
        await eventually(async () => expect(await held.waiting()).toBe(1));
        const early = await post(second, posting);
        await held.release();
        expect(early).toMatchObject({ status: 409, code: 'operation-in-progress' });
        expect(Number(early.headers.get('retry-after'))).toBeLessThanOrEqual(10);
        const { text, status } = await placing;
        expect(status).toBe(201);
        expect(await post(second, posting)).toMatchObject({ status: 201, text, replayed: true });
        expect(await placed(posting.order)).toHaveLength(1);
      }
    });

    it('35: 100 concurrent duplicates over 2 gateways: one row, one fresh 201, the rest 409 or replay; afterwards all replay', async () => {
      const posting = newOrder();
      const toAll = () =>
        Promise.all(Array.from({ length: 100 }, (_, n) => post(n % 2 === 0 ? one() : other(), posting)));
      const sent = await toAll();
      const [fresh, ...more] = sent.filter(({ status, replayed }) => status === 201 && !replayed);
      expect(more).toEqual([]);
      for (const { status, code, text } of sent)
        expect(code === 'operation-in-progress' || text === fresh?.text, `${status} ${code}`).toBe(true);
      for (const response of await toAll())
        expect(response).toMatchObject({ status: 201, text: fresh?.text, replayed: true });
      expect(await placed(posting.order)).toEqual([fresh?.id]);
    });

    it('38: a slow request on key A, a request on key B: B is unaffected', async () => {
      const slow = newOrder();
      const held = await fixture.holdFilm(slow.order);
      const first = post(one(), slow);
      await eventually(async () => expect(await held.waiting()).toBe(1));
      for (const url of fixture.store.urls) {
        const posting = newOrder();
        expect(await post(url, posting)).toMatchObject({ status: 201, replayed: false });
        expect(await placed(posting.order)).toHaveLength(1);
      }
      expect(await placed(slow.order)).toEqual([]);
      await held.release();
      expect(await first).toMatchObject({ status: 201 });
    });

    it('39: a key on GET: ignored', async () => {
      const posting = newOrder();
      const { id, text } = await post(one(), posting);
      const authorization = `Bearer ${await signToken('ann')}`;
      const before = await fixture.kept();
      for (const key of [posting.key, 'short', newOrder().key]) {
        const headers = { authorization, 'idempotency-key': key };
        const response = await fetch(`${one()}/api/orders/${id}`, { headers });
        expect([response.status, response.headers.get('idempotent-replayed')]).toEqual([200, null]);
        expect(await response.json()).toEqual(JSON.parse(text));
      }
      expect(await fixture.kept()).toEqual(before);
    });

    it('41: a principal is revoked, then retries: 401 or 403, because authentication precedes the lookup', async () => {
      const posting = newOrder();
      const first = await post(one(), posting);
      expect(await post(other(), { ...posting, as: 'expired' })).toMatchObject({
        status: 401,
        code: 'unauthorized',
        replayed: false,
      });
      expect(await post(other(), posting)).toMatchObject({ text: first.text, replayed: true });
    });

    it('6: an immediate sequential retry, 200 times: never 409, because the response is recorded before it is sent', async () => {
      const { order } = newOrder();
      for (let time = 0; time < 200; time++) {
        const posting = { key: newOrder().key, order };
        const first = await post(one(), posting);
        expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      }
      expect(await placed(order)).toHaveLength(200);
    });
  });
}

const readClock = async (url: string): Promise<number> => {
  const list = productIndex.parse(await (await fetch(`${url}/api/products?limit=1`)).json());
  return Date.parse(list.asOf);
};
