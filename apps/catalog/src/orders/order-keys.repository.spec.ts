import { randomUUID } from 'node:crypto';
import { eq, like, sql } from 'drizzle-orm';
import { PinoLogger } from 'nestjs-pino';
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '@film-store/contracts';
import { ReadinessTasks } from '@film-store/service';
import { orderKeys, stock } from '../database/schema.ts';
import { createConnectionExecutor } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { openDatabaseWithFilms } from '../../test/open-with-films.ts';
import { KeyRetention } from './key-retention.ts';
import { deleteOldKeys } from './order-keys.repository.ts';
import { OrdersService } from './orders.service.ts';

const silent = new PinoLogger({ pinoHttp: { level: 'silent' } });
const matrix = { productId: 'the-matrix-1999', quantity: 1 };
const godfather = { productId: 'the-godfather-1972', quantity: 2 };

describeOnEveryEngine('an idempotency key', (database) => {
  const open = openDatabaseWithFilms(database);
  const db = () => open().db;
  const executor = createConnectionExecutor(open);
  const orders = new OrdersService(executor);
  const newKey = () => randomUUID();
  const toCaller = (key: string) => ({ principal: 'ann', key });
  const order = (key: string, ...items: OrderRequest['items']) => orders.place(toCaller(key), { items });
  const setStock = async (quantity: number) => {
    await db().update(stock).set({ quantity });
  };
  const readStock = async ({ productId }: { productId: string }) =>
    (await db().select().from(stock).where(eq(stock.productId, productId)))[0]?.quantity;

  it('replays the order for the same request', async () => {
    await setStock(10);
    const key = newKey();
    const first = await order(key, matrix, godfather);
    const repeated = await order(key, matrix, godfather);
    expect(repeated.replayed).toBe(true);
    expect(JSON.stringify(repeated.outcome)).toBe(JSON.stringify(first.outcome));
    expect(await readStock(matrix)).toBe(9);
  });

  it('replays out-of-stock even after the stock was refilled', async () => {
    await setStock(0);
    const key = newKey();
    const first = await order(key, matrix);
    expect(first).toMatchObject({ outcome: { kind: 'out-of-stock' }, replayed: false });
    await setStock(10);
    expect(await order(key, matrix)).toEqual({ outcome: first.outcome, replayed: true });
    expect(await readStock(matrix)).toBe(10);
  });

  it('rejects another request', async () => {
    await setStock(10);
    const key = newKey();
    await order(key, matrix);
    const rejection = { code: 'idempotency-key-reused', status: 422 };
    await expect(order(key, godfather)).rejects.toMatchObject(rejection);
    const withAddress = { items: [matrix], email: 'ann@example.org' };
    await expect(orders.place(toCaller(key), withAddress)).rejects.toMatchObject(rejection);
    expect(await readStock(godfather)).toBe(10);
  });

  it('replays the order when the fingerprint has another version', async () => {
    await setStock(10);
    const key = newKey();
    const first = await order(key, matrix);
    await db().update(orderKeys).set({ fingerprint: '0:another version' }).where(eq(orderKeys.key, key));
    expect(await order(key, matrix)).toEqual({ outcome: first.outcome, replayed: true });
    expect(await readStock(matrix)).toBe(9);
  });

  it('places one order for many concurrent requests', async () => {
    await setStock(100);
    const key = newKey();
    // One request per connection: waiting for a connection fails after a second.
    const placements = await Promise.all(Array.from({ length: 10 }, () => order(key, matrix)));
    expect(placements.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(placements.map(({ outcome }) => JSON.stringify(outcome))).size).toBe(1);
    expect(await readStock(matrix)).toBe(99);
  });

  it('places one of two different concurrent requests and rejects the other', async () => {
    await setStock(100);
    const key = newKey();
    const outcomes = await Promise.allSettled([order(key, matrix), order(key, godfather)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'idempotency-key-reused' },
    });
  });

  describe('that is older than seven days', () => {
    const age = (key: string, interval: string) =>
      db()
        .update(orderKeys)
        .set({ createdAt: sql`now() - ${interval}::interval` })
        .where(eq(orderKeys.key, key));

    it('is deleted in batches, while its order stays', async () => {
      await setStock(100);
      const old = [newKey(), newKey(), newKey()];
      const young = newKey();
      for (const key of [...old, young]) await order(key, matrix);
      for (const key of old) await age(key, '7 days 1 second');
      await age(young, '6 days 23:59:59');

      const { deleted, lastCreatedAt } = await deleteOldKeys(db(), 2);
      expect(deleted).toBe(2);
      expect(await deleteOldKeys(db(), 2, lastCreatedAt)).toMatchObject({ deleted: 1 });
      expect(await deleteOldKeys(db(), 2)).toEqual({ deleted: 0, lastCreatedAt: undefined });
      expect((await order(young, matrix)).replayed).toBe(true);
      expect((await order(old[0]!, matrix)).replayed).toBe(false);
      expect(await readStock(matrix)).toBe(95);
    });

    it('is deleted with 2,499 others when the service starts', async () => {
      const insert = sql`
        insert into order_keys (key, fingerprint, created_at)
        select 'many-' || n, '', now() - interval '8 days' + n * interval '1 ms' from generate_series(1, 2500) as n
      `;
      await db().execute(insert);
      const readinessTasks = new ReadinessTasks();
      const retention = new KeyRetention(executor, readinessTasks, silent);
      retention.onModuleInit();
      await readinessTasks.run();
      await expect.poll(() => db().$count(orderKeys, like(orderKeys.key, 'many-%'))).toBe(0);
      await retention.beforeApplicationShutdown();
    });

    it('is deleted when the service starts', async () => {
      await setStock(100);
      const key = newKey();
      await order(key, matrix);
      await age(key, '8 days');
      const readinessTasks = new ReadinessTasks();
      const retention = new KeyRetention(executor, readinessTasks, silent);
      retention.onModuleInit();
      await readinessTasks.run();
      await expect.poll(() => db().$count(orderKeys, eq(orderKeys.key, key))).toBe(0);
      await retention.beforeApplicationShutdown();
      expect((await order(key, matrix)).replayed).toBe(false);
    });
  });
});
