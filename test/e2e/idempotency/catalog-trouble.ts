import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type OrderFixture, brokenOff } from '../order-fixture.ts';

/** Orders without a response from catalog. */
export function catalogTrouble(fixture: OrderFixture): void {
  const one = () => fixture.store.urls[0];
  const other = () => fixture.store.urls[1];
  const { newOrder, post, placed, committed } = fixture;

  describe('catalog trouble', () => {
    it('19: 500, 502 or 504 after dispatch: neither replayed as final nor released; a retry sends the same key: 504', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const tight = { 'x-request-timeout-ms': '700' };
      expect(await post(one(), { ...posting, headers: tight })).toMatchObject({ status: 504 });
      await committed(posting.order);
      fixture.store.toCatalog.release();
      expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
      const repeated = await eventually(async () => {
        const response = await post(other(), posting);
        expect(response.status).toBe(201);
        return response;
      });
      expect(await placed(posting.order)).toEqual([repeated.id]);
    });

    it('19: 500, 502 or 504 after dispatch: neither replayed as final nor released; a retry sends the same key: 502', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      fixture.store.toCatalog.cut();
      expect(await first).toMatchObject({ status: 502, code: 'upstream-unreachable' });
      expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
      const repeated = await post(other(), posting);
      expect(repeated).toMatchObject({ status: 201, replayed: true });
      expect(await placed(posting.order)).toEqual([repeated.id]);
    });

    it('20: the client disconnects midway: the order completes and is recorded; a retry replays 201', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const leaving = new AbortController();
      const left = brokenOff(post(one(), { ...posting, signal: leaving.signal }));
      await committed(posting.order);
      leaving.abort();
      expect(await left).toBe(true);
      expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
      fixture.store.toCatalog.release();
      await eventually(async () =>
        expect(await post(other(), posting)).toMatchObject({ status: 201, replayed: true }),
      );
      expect(await placed(posting.order)).toHaveLength(1);
    });

    it('36: the gateway retries to the catalog: the same derived key and fingerprint every time', async () => {
      const posting = newOrder();
      const before = fixture.store.toCatalog.sent().length;
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      fixture.store.toCatalog.cut();
      fixture.store.toCatalog.mend();
      expect(await first).toMatchObject({ status: 201, replayed: false });
      const attempts = fixture.store.toCatalog
        .sent()
        .slice(before)
        .split('POST /orders')
        .slice(1)
        .map((request) => [
          /^idempotency-key: (.*)\r$/im.exec(request)?.[1],
          /\r\n\r\n(\{.*\})/.exec(request)?.[1],
        ]);
      expect(attempts.length).toBeGreaterThanOrEqual(2);
      expect(new Set(attempts.map(String)).size).toBe(1);
      expect(attempts[0]).toEqual([expect.stringMatching(/^[\w-]{43}$/), JSON.stringify(posting.order)]);
      expect(await placed(posting.order)).toHaveLength(1);
    });
  });
}
