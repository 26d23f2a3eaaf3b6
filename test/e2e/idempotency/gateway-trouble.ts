import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type OrderDesk, brokenOff } from '../order-fixture.ts';

/** What becomes of an order whose gateway is slow, stands still or dies. */
export function gatewayTrouble(desk: OrderDesk): void {
  const one = () => desk.store.urls[0];
  const other = () => desk.store.urls[1];
  const { newOrder, post, placed, committed, letLeasesRunOut } = desk;

  describe('gateway trouble', () => {
    it('21: kill -9 after commit, before the record: 409 until the lease ends, then 201 with the same id; one row', async () => {
      const posting = newOrder();
      desk.store.toCatalog.hold('replies');
      const lost = brokenOff(post(one(), posting));
      await committed(posting.order);
      await desk.store.killFirstGateway();
      expect(await lost).toBe(true);
      const refused = async () => {
        const { status, code, headers } = await post(other(), posting);
        expect([status, code]).toEqual([409, 'operation-in-progress']);
        return Number(headers.get('retry-after'));
      };
      expect(await refused()).toBeLessThanOrEqual(10);
      await letLeasesRunOut(2000);
      const waits = await refused();
      expect(waits).toBeLessThanOrEqual(2);
      await sleep(waits * 1000);
      const answer = await post(other(), posting);
      expect(answer.status).toBe(201);
      expect(await placed(posting.order)).toEqual([answer.id]);
      desk.store.toCatalog.release();
      await desk.store.startFirstGateway();
      expect(await post(one(), posting)).toMatchObject({ text: answer.text, replayed: true });
    });

    it('23: an operation longer than the lease: renewal keeps 409; no second run', async () => {
      const posting = newOrder();
      await desk.store.redis.flushall();
      desk.store.toCatalog.hold('replies');
      const first = post(one(), posting);
      await committed(posting.order);
      const [record = ''] = await desk.store.redis.keys('idem:1:*');
      const lease = async () => Number(await desk.store.redis.hget(record, 'lease'));
      // A request takes no longer than 5 s, and so does its lease here: it is renewed after a third of 10 s.
      await letLeasesRunOut(3500);
      const end = await lease();
      await eventually(async () => expect(await lease()).toBeGreaterThan(end));
      await sleep(Math.max(0, end - Date.now()) + 1);
      for (const url of desk.store.urls)
        expect(await post(url, posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
      desk.store.toCatalog.release();
      const { status, id } = await first;
      expect(status).toBe(201);
      expect(await placed(posting.order)).toEqual([id]);
    });

    it('24: a stale owner completes after a takeover: rejected by owner; its client is still answered', async () => {
      const posting = newOrder();
      await desk.store.redis.flushall();
      const before = desk.store.log.length;
      desk.store.toCatalog.hold('replies');
      const stale = post(one(), posting);
      await committed(posting.order);
      desk.store.pauseFirstGateway();
      await letLeasesRunOut();
      const second = await post(other(), posting);
      expect(second).toMatchObject({ status: 201, replayed: true });
      const [record = ''] = await desk.store.redis.keys('idem:1:*');
      const recorded = await desk.store.redis.hgetall(record);
      desk.store.resumeFirstGateway();
      desk.store.toCatalog.release();
      expect(await stale).toMatchObject({ status: 201, text: second.text, replayed: false });
      expect(await desk.store.redis.hgetall(record)).toEqual(recorded);
      const told = () =>
        desk.store.log.slice(before).filter((line) => line.includes('idempotency.lease_lost'));
      await eventually(() => expect(told()).toHaveLength(1));
      expect(await placed(posting.order)).toEqual([second.id]);
    });

    describe('a gateway that is killed with -9 before catalog hears of its orders', () => {
      const takenOver = once(newOrder);
      const quarantined = once(newOrder);

      beforeAll(async () => {
        const { redis, toCatalog } = desk.store;
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
        await desk.store.killFirstGateway();
        expect(await Promise.all(lost)).toEqual(Array(7).fill(true));
      });

      it('22: kill -9 before commit: taken over, runs once', async () => {
        const posting = takenOver();
        expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
        expect(await placed(posting.order)).toEqual([]);
        await letLeasesRunOut();
        const answer = await post(other(), posting);
        expect(answer).toMatchObject({ status: 201, replayed: false });
        expect(await placed(posting.order)).toEqual([answer.id]);
      });

      it('37: every attempt crashes: after 5 takeovers 409 outcome-unknown and an alert', async () => {
        const posting = quarantined();
        await letLeasesRunOut();
        const before = desk.store.log.length;
        for (let time = 0; time < 2; time += 1) {
          const answer = await post(other(), posting);
          expect(answer).toMatchObject({ status: 409, code: 'outcome-unknown', replayed: false });
          expect(JSON.parse(answer.text)).toMatchObject({ safeNewKey: false, retryable: false });
        }
        expect(await placed(posting.order)).toEqual([]);
        const told = () =>
          desk.store.log.slice(before).filter((line) => line.includes('idempotency.quarantined'));
        await eventually(() => expect(told()).toEqual([expect.stringContaining('"level":50')]));
        // What the alert IdempotencyKeyQuarantined waits for.
        const metrics = await (await fetch(`${other()}/metrics`)).text();
        expect(metrics).toMatch(/^idempotency_claims_total\{.*outcome="quarantined".*\} 2$/m);
      });
    });
  });
}

/** Made when it is first asked for: before the suite runs there is nothing. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
