import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type OrderFixture, brokenOff } from '../order-fixture.ts';

/** Orders whose gateway is slow, stops or dies. */
export function gatewayTrouble(fixture: OrderFixture): void {
  const one = () => fixture.store.urls[0];
  const other = () => fixture.store.urls[1];
  const { newOrder, post, placed, committed, letLeasesRunOut } = fixture;

  describe('gateway trouble', () => {
    it('21: kill -9 after commit, before the record: 409 until the lease ends, then 201 with the same id; one row', async () => {
      const posting = newOrder();
      fixture.store.toCatalog.hold('replies');
      const lost = brokenOff(post(one(), posting));
      await committed(posting.order);
      await fixture.store.killFirstGateway();
      expect(await lost).toBe(true);
      const rejected = async () => {
        const { status, code, headers } = await post(other(), posting);
        expect([status, code]).toEqual([409, 'operation-in-progress']);
        return Number(headers.get('retry-after'));
      };
      expect(await rejected()).toBeLessThanOrEqual(10);
      await letLeasesRunOut(2000);
      const waits = await rejected();
      expect(waits).toBeLessThanOrEqual(2);
      await sleep(waits * 1000);
      const response = await post(other(), posting);
      expect(response.status).toBe(201);
      expect(await placed(posting.order)).toEqual([response.id]);
      fixture.store.toCatalog.release();
      await fixture.store.startFirstGateway();
      expect(await post(one(), posting)).toMatchObject({ text: response.text, replayed: true });
    });

    it('23: an operation longer than the lease: renewal keeps 409; no second run', async () => {
      const posting = newOrder();
      await fixture.store.redis.flushall();
      fixture.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      const [record = ''] = await fixture.store.redis.keys('idem:1:*');
      const lease = async () => Number(await fixture.store.redis.hget(record, 'lease'));
      // A request takes at most 5 s, and so does its lease here: it is renewed after a third of 10 s.
      await letLeasesRunOut(3500);
      const end = await lease();
      await eventually(async () => expect(await lease()).toBeGreaterThan(end));
      await sleep(Math.max(0, end - Date.now()) + 1);
      for (const url of fixture.store.urls)
        expect(await post(url, posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
      fixture.store.toCatalog.release();
      const { status, id } = await first;
      expect(status).toBe(201);
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('24: a stale owner completes after a takeover: rejected by owner; its client still gets a response', async () => {
      const posting = newOrder();
      await fixture.store.redis.flushall();
      const before = fixture.store.log.length;
      fixture.store.toCatalog.hold('replies');
      const stale = post(one(), posting);
      await committed(posting.order);
      fixture.store.pauseFirstGateway();
      await letLeasesRunOut();
      const second = await post(other(), posting);
      expect(second).toMatchObject({ status: 201, replayed: true });
      const [record = ''] = await fixture.store.redis.keys('idem:1:*');
      const recorded = await fixture.store.redis.hgetall(record);
      fixture.store.resumeFirstGateway();
      fixture.store.toCatalog.release();
      expect(await stale).toMatchObject({ status: 201, text: second.text, replayed: false });
      expect(await fixture.store.redis.hgetall(record)).toEqual(recorded);
      const reported = () =>
        fixture.store.log.slice(before).filter((line) => line.includes('idempotency.lease_lost'));
      await eventually(() => expect(reported()).toHaveLength(1));
      expect(await placed(posting.order)).toEqual([second.id]);
    });

    describe('a gateway that is killed with -9 before catalog receives its orders', () => {
      const takenOver = once(newOrder);
      const quarantined = once(newOrder);

      beforeAll(async () => {
        const { redis, toCatalog } = fixture.store;
        await redis.flushall();
        toCatalog.hold('requests');
        const lost: Promise<boolean>[] = [];
        const claimed = (takeovers: number, records: number) =>
          eventually(async () => {
            const known = await Promise.all(
              (await redis.keys('idem:1:*')).map((key) => redis.hget(key, 'takeovers')),
            );
            expect(known).toHaveLength(records);
            expect(known).toContain(String(takeovers));
          });
        for (let takeovers = 0; takeovers <= 5; takeovers += 1) {
          await letLeasesRunOut();
          lost.push(brokenOff(post(one(), quarantined())));
          await claimed(takeovers, 1);
        }
        lost.push(brokenOff(post(one(), takenOver())));
        await claimed(0, 2);
        await fixture.store.killFirstGateway();
        expect(await Promise.all(lost)).toEqual(Array(7).fill(true));
      });

      it('22: kill -9 before commit: taken over, runs once', async () => {
        const posting = takenOver();
        expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
        expect(await placed(posting.order)).toEqual([]);
        await letLeasesRunOut();
        const response = await post(other(), posting);
        expect(response).toMatchObject({ status: 201, replayed: false });
        expect(await placed(posting.order)).toEqual([response.id]);
      });

      it('37: every attempt crashes: after 5 takeovers 409 outcome-unknown and an alert', async () => {
        const posting = quarantined();
        await letLeasesRunOut();
        const before = fixture.store.log.length;
        for (let time = 0; time < 2; time += 1) {
          const response = await post(other(), posting);
          expect(response).toMatchObject({ status: 409, code: 'outcome-unknown', replayed: false });
          expect(JSON.parse(response.text)).toMatchObject({ safeNewKey: false, retryable: false });
        }
        expect(await placed(posting.order)).toEqual([]);
        const reported = () =>
          fixture.store.log.slice(before).filter((line) => line.includes('idempotency.quarantined'));
        await eventually(() => expect(reported()).toEqual([expect.stringContaining('"level":50')]));
        // The log line behind the alert IdempotencyKeyQuarantined.
        const metrics = await (await fetch(`${other()}/metrics`)).text();
        expect(metrics).toMatch(/^idempotency_claims_total\{.*outcome="quarantined".*\} 2$/m);
      });
    });
  });
}

/** Created on first use: before the suite runs it does not exist. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
