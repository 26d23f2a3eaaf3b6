import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type OrderDesk, brokenOff } from '../order-fixture.ts';

/** What becomes of an order whose answer from catalog does not come. */
export function catalogTrouble(desk: OrderDesk): void {
  const one = () => desk.store.urls[0];
  const other = () => desk.store.urls[1];
  const { newOrder, post, placed, committed } = desk;

  describe('catalog trouble', () => {
    it('19: 500, 502 or 504 after dispatch: neither replayed as final nor forgotten; a retry asks with the same key: 504', async () => {
      const posting = newOrder();
      desk.store.toCatalog.hold('replies');
      const hurry = { 'x-request-timeout-ms': '700' };
      expect(await post(one(), { ...posting, headers: hurry })).toMatchObject({ status: 504 });
      await committed(posting.order);
      desk.store.toCatalog.release();
      expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
      const again = await eventually(async () => {
        const answer = await post(other(), posting);
        expect(answer.status).toBe(201);
        return answer;
      });
      expect(await placed(posting.order)).toEqual([again.id]);
    });

    it('19: 500, 502 or 504 after dispatch: neither replayed as final nor forgotten; a retry asks with the same key: 502', async () => {
      const posting = newOrder();
      desk.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      desk.store.toCatalog.cut();
      expect(await first).toMatchObject({ status: 502, code: 'upstream-unreachable' });
      expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
      const again = await post(other(), posting);
      expect(again).toMatchObject({ status: 201, replayed: true });
      expect(await placed(posting.order)).toEqual([again.id]);
    });

    it('20: the client disconnects midway: the order completes and is recorded; a retry replays 201', async () => {
      const posting = newOrder();
      desk.store.toCatalog.hold('replies');
      const leaving = new AbortController();
      const left = brokenOff(post(one(), { ...posting, signal: leaving.signal }));
      await committed(posting.order);
      leaving.abort();
      expect(await left).toBe(true);
      expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
      desk.store.toCatalog.release();
      await eventually(async () =>
        expect(await post(other(), posting)).toMatchObject({ status: 201, replayed: true }),
      );
      expect(await placed(posting.order)).toHaveLength(1);
    });

    it('36: the gateway retries to the catalog: the same derived key and fingerprint every time', async () => {
      const posting = newOrder();
      const before = desk.store.toCatalog.sent().length;
      desk.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      desk.store.toCatalog.cut();
      desk.store.toCatalog.mend();
      expect(await first).toMatchObject({ status: 201, replayed: false });
      const attempts = desk.store.toCatalog
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
