import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { OrderRequest } from '#libs/contracts';
import { eventually } from '../support/eventually.ts';
import { describeWithTwoGateways } from './order-desk.ts';

/** The cases of the HTTP contract in which something fails at the worst moment, over processes. */
describeWithTwoGateways('idempotency, failures', (desk) => {
  const one = () => desk.store.urls[0];
  const other = () => desk.store.urls[1];
  const { newOrder, post, placed, letLeasesRunOut } = desk;
  const isCommitted = (order: OrderRequest) =>
    eventually(async () => expect(await placed(order)).toHaveLength(1));
  const brokenOff = (posted: Promise<unknown>) =>
    posted.then(
      () => false,
      () => true,
    );
  afterEach(() => {
    for (const proxy of [desk.store.toCatalog, desk.store.toRedis]) {
      proxy.release();
      proxy.mend();
    }
  });

  it('19: 504 after dispatch: not replayed as final, not forgotten; a retry finds what was done', async () => {
    const posting = newOrder();
    desk.store.toCatalog.hold('replies');
    const hurry = { 'x-request-timeout-ms': '700' };
    expect(await post(one(), { ...posting, headers: hurry })).toMatchObject({ status: 504 });
    await isCommitted(posting.order);
    desk.store.toCatalog.release();
    expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
    const again = await eventually(async () => {
      const answer = await post(other(), posting);
      expect(answer.status).toBe(201);
      return answer;
    });
    expect(await placed(posting.order)).toEqual([again.id]);
  });

  it('19: 502 after dispatch: not replayed as final, not forgotten; a retry finds what was done', async () => {
    const posting = newOrder();
    desk.store.toCatalog.hold('replies');
    const first = post(one(), posting);
    await isCommitted(posting.order);
    desk.store.toCatalog.cut();
    expect(await first).toMatchObject({ status: 502, code: 'upstream-unreachable' });
    expect(await post(other(), { ...newOrder(), key: posting.key })).toMatchObject({ status: 422 });
    const again = await post(other(), posting);
    expect(again).toMatchObject({ status: 201, replayed: false });
    expect(await placed(posting.order)).toEqual([again.id]);
  });

  it('20: the client disconnects midway: the order completes and is recorded; a retry replays 201', async () => {
    const posting = newOrder();
    desk.store.toCatalog.hold('replies');
    const leaving = new AbortController();
    const left = brokenOff(post(one(), { ...posting, signal: leaving.signal }));
    await isCommitted(posting.order);
    leaving.abort();
    expect(await left).toBe(true);
    expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
    desk.store.toCatalog.release();
    await eventually(async () =>
      expect(await post(other(), posting)).toMatchObject({ status: 201, replayed: true }),
    );
    expect(await placed(posting.order)).toHaveLength(1);
  });

  it('21: kill -9 after commit, before the record: 409 until the lease ends, then 201 with the same id', async () => {
    const posting = newOrder();
    desk.store.toCatalog.hold('replies');
    const lost = brokenOff(post(one(), posting));
    await isCommitted(posting.order);
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

  it('22: kill -9 before commit: taken over, runs once', async () => {
    const posting = newOrder();
    const before = desk.store.toCatalog.sent().length;
    desk.store.toCatalog.hold('requests');
    const lost = brokenOff(post(one(), posting));
    await eventually(() => expect(desk.store.toCatalog.sent().slice(before)).toContain('POST /orders'));
    await desk.store.killFirstGateway();
    expect(await lost).toBe(true);
    expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
    expect(await placed(posting.order)).toEqual([]);
    await letLeasesRunOut();
    const answer = await post(other(), posting);
    expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(await placed(posting.order)).toEqual([answer.id]);
    await desk.store.startFirstGateway();
  });

  it('29: the record cannot be written after commit: 201 to the client; a retry replays from the catalog', async () => {
    const posting = newOrder();
    desk.store.toCatalog.hold('replies');
    const first = post(one(), posting);
    await isCommitted(posting.order);
    desk.store.toRedis.cut();
    desk.store.toCatalog.release();
    const { status, text, id } = await first;
    expect(status).toBe(201);
    expect(await post(other(), posting)).toMatchObject({ status: 409, code: 'operation-in-progress' });
    await letLeasesRunOut();
    expect(await post(other(), posting)).toMatchObject({ status: 201, text, replayed: false });
    expect(await placed(posting.order)).toEqual([id]);
  });

  it('36: a gateway retries to catalog: the same derived key and body every time', async () => {
    const posting = newOrder();
    const before = desk.store.toCatalog.sent().length;
    desk.store.toCatalog.hold('replies');
    const first = post(one(), posting);
    await isCommitted(posting.order);
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

  it('26: Redis hangs: no duplicate, and after a few orders it is not asked any more', async () => {
    const impatient = await desk.store.startGateway({
      REDIS_URL: `redis://127.0.0.1:${desk.store.toRedis.port}`,
      UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '200',
      UPSTREAM_REDIS_TIMEOUT_MAX_MS: '200',
    });
    const posting = newOrder();
    const recorded = newOrder();
    await eventually(async () => expect(await post(impatient, recorded)).toMatchObject({ replayed: true }));
    const before = desk.store.log.length;
    desk.store.toRedis.hold('requests');
    const first = await post(impatient, posting);
    expect(first.status).toBe(201);
    await eventually(async () => {
      expect(await post(impatient, posting)).toMatchObject({ status: 201, text: first.text });
      const opened = /"upstream":"redis","from":"[a-z-]+","to":"open"/;
      expect(desk.store.log.slice(before).some((line) => opened.test(line))).toBe(true);
    });
    expect(await placed(posting.order)).toEqual([first.id]);
  });

  it('26: Redis is down: no duplicate; 503 only if catalog is gone too; and recorded again when it is back', async () => {
    const posting = newOrder();
    await desk.store.killRedis();
    const first = await post(one(), posting);
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(await post(other(), posting)).toMatchObject({ status: 201, text: first.text });
    desk.store.toCatalog.cut();
    const refused = await post(one(), newOrder());
    expect(refused).toMatchObject({ status: 503, code: 'idempotency-unavailable' });
    expect(refused.headers.get('retry-after')).toBe('1');
    desk.store.toCatalog.mend();
    await desk.store.startRedis();
    await eventually(async () => expect(await post(one(), posting)).toMatchObject({ replayed: true }));
    expect(await placed(posting.order)).toEqual([first.id]);
  });
});
