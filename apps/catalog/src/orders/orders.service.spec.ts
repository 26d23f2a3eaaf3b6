import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from '@nestjs/common';
import { eq, inArray } from 'drizzle-orm';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type OrderFeedEntry, order as orderSchema } from '@film-store/contracts';
import { monotonicNow, requestContext } from '@film-store/core';
import { QueryErrorInterceptor } from '../database/query-error.interceptor.ts';
import { orderKeys, stock } from '../database/schema.ts';
import { createConnectionExecutor } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { toPlacedOrder } from '../../test/to-placed-order.ts';
import { openDatabaseWithFilms } from '../../test/open-with-films.ts';
import { OrdersService } from './orders.service.ts';

const MATRIX = 'the-matrix-1999';
const PULP_FICTION = 'pulp-fiction-1994';
const GODFATHER = 'the-godfather-1972';
const SOLD_OUT = 'fight-club-1999';

/** One order per connection: waiting for a connection fails after a second. */
const CONCURRENCY = 10;

describeOnEveryEngine('orders', (database, engine) => {
  const open = openDatabaseWithFilms(database);
  const db = () => open().db;
  const executor = createConnectionExecutor(open);
  const orders = new OrdersService(executor);
  const newKey = () => randomUUID();
  const toCaller = (key: string) => ({ principal: 'ann', key });
  const buy = (productId: string, quantity = 1, key = newKey()) =>
    orders.place(toCaller(key), { items: [{ productId, quantity }] });
  const countKeys = (key: string) => db().$count(orderKeys, eq(orderKeys.key, key));
  const setStock = (quantity: number, ...ids: string[]) =>
    db().update(stock).set({ quantity }).where(inArray(stock.productId, ids));
  const readStock = async (id: string) =>
    (await db().select().from(stock).where(eq(stock.productId, id)))[0]?.quantity;
  const readLastSeq = async () => (await readFeed()).at(-1)?.seq ?? 0;
  const readFeed = async (after = 0): Promise<OrderFeedEntry[]> => {
    const { entries } = await orders.feed({ after, limit: 1000 });
    return entries;
  };

  /** Reads the feed in small pages until it is empty after `end` has aborted. */
  const followFeed = async (start: number, end: AbortSignal): Promise<OrderFeedEntry[]> => {
    const received: OrderFeedEntry[] = [];
    let caughtUp = false;
    while (!caughtUp) {
      const ended = end.aborted;
      const { entries } = await orders.feed({ after: received.at(-1)?.seq ?? start, limit: 7 });
      received.push(...entries);
      caughtUp = ended && entries.length === 0;
    }
    return received;
  };

  describe('an order', () => {
    it('reduces the stock, keeps prices and order of items, and can be read', async () => {
      await setStock(10, PULP_FICTION, GODFATHER);
      const placement = await orders.place(toCaller(newKey()), {
        items: [
          { productId: PULP_FICTION, quantity: 2 },
          { productId: GODFATHER, quantity: 3 },
        ],
        email: 'ann@example.org',
      });
      expect(placement.replayed).toBe(false);
      const order = toPlacedOrder(placement);
      expect(order).toEqual({
        id: expect.any(String),
        status: 'confirmed',
        items: [
          { productId: PULP_FICTION, quantity: 2, unitPrice: { amount: 999, currency: 'EUR' } },
          { productId: GODFATHER, quantity: 3, unitPrice: { amount: 999, currency: 'EUR' } },
        ],
        total: { amount: 4995, currency: 'EUR' },
        createdAt: expect.any(String),
      });
      expect(orderSchema.parse(order)).toEqual(order);
      expect(await orders.get(order.id, 'ann')).toEqual(order);
      expect(await readStock(PULP_FICTION)).toBe(8);
      expect(await readStock(GODFATHER)).toBe(7);
    });

    it('is not found under an unknown id', async () => {
      await expect(orders.get(randomUUID(), 'ann')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('is not found by another principal', async () => {
      await setStock(10, MATRIX);
      const { id } = toPlacedOrder(await buy(MATRIX));
      await expect(orders.get(id, 'bob')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('stores only its key when an item is out of stock', async () => {
      await setStock(10, MATRIX);
      await setStock(2, PULP_FICTION);
      const key = newKey();
      const before = await readLastSeq();
      const { outcome } = await orders.place(toCaller(key), {
        items: [
          { productId: PULP_FICTION, quantity: 3 },
          { productId: MATRIX, quantity: 1 },
          { productId: SOLD_OUT, quantity: 1 },
        ],
      });
      expect(outcome).toEqual({
        kind: 'out-of-stock',
        errors: [
          { pointer: '/items/0/quantity', detail: 'the stock of pulp-fiction-1994 is too low' },
          { pointer: '/items/2/quantity', detail: 'the stock of fight-club-1999 is too low' },
        ],
      });
      expect(await readStock(MATRIX)).toBe(10);
      expect(await readStock(PULP_FICTION)).toBe(2);
      expect(await countKeys(key)).toBe(1);

      await buy(MATRIX);
      expect((await readFeed(before)).map(({ seq }) => seq)).toEqual([before + 1]);
    });

    it('rejects unknown products and points at them', async () => {
      await expect(
        orders.place(toCaller(newKey()), {
          items: [
            { productId: MATRIX, quantity: 1 },
            { productId: 'nothing-1900', quantity: 1 },
          ],
        }),
      ).rejects.toMatchObject({
        code: 'validation-failed',
        status: 422,
        errors: [{ pointer: '/items/1/productId', detail: 'the product does not exist' }],
      });
    });
  });

  describe('concurrent orders', () => {
    it('sell the last item to one of ten buyers', async () => {
      await setStock(1, MATRIX);
      const placements = await Promise.all(Array.from({ length: CONCURRENCY }, () => buy(MATRIX)));
      const kinds = placements.map(({ outcome }) => outcome.kind);
      expect(kinds.filter((kind) => kind === 'placed')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'out-of-stock')).toHaveLength(9);
      expect(await readStock(MATRIX)).toBe(0);
    });

    it('do not deadlock with the same products in opposite order', async () => {
      await setStock(1000, MATRIX, PULP_FICTION, GODFATHER);
      const items = [MATRIX, PULP_FICTION, GODFATHER].map((productId) => ({ productId, quantity: 1 }));
      for (let round = 0; round < 6; round += 1) {
        const ten = Array.from({ length: CONCURRENCY }, (_, number) =>
          orders.place(toCaller(newKey()), { items: number % 2 === 0 ? items : items.toReversed() }),
        );
        await Promise.all(ten);
      }
      expect(await readStock(MATRIX)).toBe(940);
      expect(await readStock(PULP_FICTION)).toBe(940);
      expect(await readStock(GODFATHER)).toBe(940);
    });

    it('all reach a reader that follows the feed', async () => {
      await setStock(1000, MATRIX, PULP_FICTION);
      await setStock(0, GODFATHER);
      const start = await readLastSeq();
      const allPlaced = new AbortController();
      const following = followFeed(start, allPlaced.signal);
      const placements: Awaited<ReturnType<typeof buy>>[] = [];
      for (let round = 0; round < 15; round += 1) {
        const ten = Array.from({ length: CONCURRENCY }, (_, n) =>
          buy([MATRIX, PULP_FICTION, GODFATHER][(round * CONCURRENCY + n) % 3]!),
        );
        placements.push(...(await Promise.all(ten)));
      }
      allPlaced.abort();
      const received = await following;

      const placed = placements.flatMap(({ outcome }) =>
        outcome.kind === 'placed' ? [outcome.order.id] : [],
      );
      expect(placed).toHaveLength(100);
      expect(received.map(({ orderId }) => orderId).toSorted()).toEqual(placed.toSorted());
      expect(received.map(({ seq }) => seq - start)).toEqual(
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
    });
  });

  describe('a deadline', () => {
    const within = (ms: number, work: () => Promise<unknown>): Promise<unknown> =>
      requestContext.run({ requestId: 'r-1', deadline: monotonicNow() + ms }, () =>
        lastValueFrom(
          new QueryErrorInterceptor().intercept({} as ExecutionContext, { handle: () => from(work()) }),
        ),
      );

    it('prevents writes after it has passed', async () => {
      await setStock(10, MATRIX);
      const key = newKey();
      await expect(within(0, () => buy(MATRIX, 1, key))).rejects.toMatchObject({ code: 'deadline-exceeded' });
      expect(await countKeys(key)).toBe(0);
    });

    it('does not affect an order in time', async () => {
      await setStock(10, MATRIX);
      expect(await within(60_000, () => buy(MATRIX))).toMatchObject({ replayed: false });
    });

    // PGlite has one connection, so no other transaction can hold a lock.
    if (engine === 'postgresql') {
      it('ends the wait for a lock without a write', async () => {
        await setStock(10, MATRIX, PULP_FICTION);
        const key = newKey();
        const items = [PULP_FICTION, MATRIX].map((productId) => ({ productId, quantity: 1 }));
        await db().transaction(async (other) => {
          await other.select().from(stock).where(eq(stock.productId, MATRIX)).for('update');
          await expect(within(100, () => orders.place(toCaller(key), { items }))).rejects.toMatchObject({
            code: 'deadline-exceeded',
            status: 504,
          });
        });
        expect(await countKeys(key)).toBe(0);
        expect(await readStock(PULP_FICTION)).toBe(10);
        expect(await readStock(MATRIX)).toBe(10);
        // The limit does not apply to the next transaction on the same connection.
        expect((await buy(MATRIX, 1, key)).replayed).toBe(false);
      });
    }
  });

  describe('the feed', () => {
    it('returns the entries after a position, oldest first, up to the limit', async () => {
      await setStock(10, MATRIX, PULP_FICTION);
      const start = await readLastSeq();
      const first = await buy(MATRIX, 2);
      const second = await buy(PULP_FICTION, 1);
      expect(await readFeed(start)).toEqual([
        { seq: start + 1, orderId: toPlacedOrder(first).id, items: [{ productId: MATRIX, quantity: 2 }] },
        {
          seq: start + 2,
          orderId: toPlacedOrder(second).id,
          items: [{ productId: PULP_FICTION, quantity: 1 }],
        },
      ]);
      expect((await orders.feed({ after: start, limit: 1 })).entries).toHaveLength(1);
      expect(await readFeed(start + 2)).toEqual([]);
    });
  });
});
