import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { OrderFixture } from '../order-fixture.ts';

/** Orders whose record in Redis is unavailable or useless. */
export function redisTrouble(fixture: OrderFixture): void {
  const one = () => fixture.store.urls[0];
  const other = () => fixture.store.urls[1];
  const { newOrder, post, postAlone, placed, committed, letLeasesRunOut } = fixture;

  /** The gateway that uses Redis. */
  const keepsRecords = (url: string) =>
    eventually(async () => {
      const { records } = await fixture.kept();
      expect(await post(url, newOrder())).toMatchObject({ status: 201 });
      expect((await fixture.kept()).records).toBeGreaterThan(records);
    });

  describe('redis trouble', () => {
    it("25: the record's time in Redis has passed: the database still replays", async () => {
      const posting = newOrder();
      const { first, record } = await postAlone(posting);
      await fixture.store.redis.pexpire(record, 1);
      await eventually(async () => expect(await fixture.store.redis.exists(record)).toBe(0));
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('27: Redis loses the key (FLUSHALL, failover), then a retry: one row, the same id, the same body', async () => {
      const posting = newOrder();
      const first = await post(one(), posting);
      await fixture.store.redis.flushall();
      const another = newOrder().order;
      expect(await post(one(), { ...posting, order: another })).toMatchObject({
        status: 422,
        code: 'idempotency-key-reused',
      });
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      expect(await placed(posting.order)).toEqual([first.id]);
      expect(await placed(another)).toEqual([]);
    });

    it('30: a response over 1 MiB: delivered; its replay is rebuilt from the catalog', async () => {
      const posting = newOrder();
      const { first, record } = await postAlone(posting);
      // As after a response of over 1 MiB, which no order has.
      expect(await fixture.store.redis.hdel(record, 'head', 'body')).toBe(2);
      const repeated = await post(other(), posting);
      expect(repeated).toMatchObject({ status: 201, text: first.text, replayed: true });
      expect(repeated.headers.get('location')).toBe(first.headers.get('location'));
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('42: canonicalization changes in a deployment: no false 422, because the fingerprint has a version', async () => {
      const posting = newOrder();
      const { redis, database } = fixture.store;
      await redis.flushall();
      const first = await post(one(), posting);
      const [record = ''] = await redis.keys('idem:1:*');
      // As after a deploy, with a record of the previous version.
      await redis.hset(record, 'fingerprint', '0:made another way');
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      await redis.flushall();
      await database.query(`update order_keys set fingerprint = '0:made another way'
        where outcome->'order'->>'id' = '${first.id}'`);
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text });
      await eventually(async () => expect(await placed(posting.order)).toEqual([first.id]));
    });

    it('28: the reply to the claim is lost on the socket: no phantom 409', async () => {
      const posting = newOrder();
      const before = fixture.store.toRedis.sent().length;
      const claims = () =>
        fixture.store.toRedis.sent().slice(before).toLowerCase().split('evalsha').length - 1;
      fixture.store.toRedis.hold('replies');
      const first = post(one(), posting);
      await eventually(() => expect(claims()).toBe(2));
      fixture.store.toRedis.release();
      expect(await first).toMatchObject({ status: 201, replayed: false });
      const { text, id } = await first;
      expect(await post(other(), posting)).toMatchObject({ status: 201, text, replayed: true });
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('28: the reply to the claim is lost on the socket: no phantom 409: the connection is lost with it', async () => {
      const posting = newOrder();
      await fixture.store.redis.flushall();
      fixture.store.toRedis.hold('replies');
      const first = post(one(), posting);
      await eventually(async () => expect((await fixture.kept()).records).toBe(1));
      fixture.store.toRedis.cut();
      fixture.store.toRedis.mend();
      const { status, text, id } = await first;
      expect(status).toBe(201);
      // Long before the end of the lease.
      const soon = async () => expect(await post(other(), posting)).toMatchObject({ text, replayed: true });
      await eventually(soon, 5000);
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('29: the record cannot be written after commit: 201 to the client; a retry replays from the catalog', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      fixture.store.toRedis.cut();
      fixture.store.toCatalog.release();
      const { status, text, id } = await first;
      expect(status).toBe(201);
      expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
      await letLeasesRunOut();
      expect(await post(other(), posting)).toMatchObject({ status: 201, text, replayed: true });
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('26: Redis is down: no duplicate; 503 only if the catalog is down too: it hangs, and soon gets no more calls', async () => {
      const posting = newOrder();
      await keepsRecords(one());
      const before = fixture.store.log.length;
      fixture.store.toRedis.hold('requests');
      const first = await post(one(), posting);
      expect(first.status).toBe(201);
      await eventually(async () => {
        for (const repeated of await Promise.all(Array.from({ length: 8 }, () => post(one(), posting))))
          expect(repeated).toMatchObject({ status: 201, text: first.text });
        const opened = /"upstream":"redis","from":"[a-z-]+","to":"open"/;
        expect(fixture.store.log.slice(before).some((line) => opened.test(line))).toBe(true);
      });
      expect(await placed(posting.order)).toEqual([first.id]);
    });

    it('26: Redis is down: no duplicate; 503 only if the catalog is down too', async () => {
      const posting = newOrder();
      await fixture.store.killRedis();
      const first = await post(one(), posting);
      expect(first).toMatchObject({ status: 201, replayed: false });
      expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text, replayed: true });
      fixture.store.toCatalog.cut();
      const rejected = await post(one(), newOrder());
      expect(rejected).toMatchObject({ status: 503, code: 'idempotency-unavailable' });
      expect(rejected.headers.get('retry-after')).toBe('1');
      fixture.store.toCatalog.mend();
      await fixture.store.startRedis();
      for (const url of fixture.store.urls) {
        await keepsRecords(url);
        expect(await post(url, posting)).toMatchObject({ text: first.text, replayed: true });
      }
      expect(await placed(posting.order)).toEqual([first.id]);
    });
  });
}
