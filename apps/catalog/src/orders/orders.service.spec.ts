import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from '@nestjs/common';
import { eq, inArray } from 'drizzle-orm';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type OrderFeedEntry, order as orderSchema } from '@film-store/contracts';
import { monotonicNow, requestContext } from '@film-store/core';
import { QueryErrorInterceptor } from '../database/query-error.interceptor.ts';
import { orderKeys, stock } from '../database/schema.ts';
import { directExecutor } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { toPlacedOrder } from '../../test/to-placed-order.ts';
import { openWithFilms } from '../../test/open-with-films.ts';
import { OrdersService } from './orders.service.ts';

const MATRIX = 'the-matrix-1999';
const PULP_FICTION = 'pulp-fiction-1994';
const GODFATHER = 'the-godfather-1972';
const SOLD_OUT = 'fight-club-1999';

/** Each has a connection of its own: nobody waits for one, which may take a second and no longer. */
const AT_A_TIME = 10;

describeOnEveryEngine('orders', (place, engine) => {
  const db = openWithFilms(place);
  const orders = new OrdersService(directExecutor(db));
  const newKey = () => randomUUID();
  const by = (key: string) => ({ principal: 'ann', key });
  const buy = (productId: string, quantity = 1, key = newKey()) =>
    orders.place(by(key), { items: [{ productId, quantity }] });
  const kept = (key: string) => db().$count(orderKeys, eq(orderKeys.key, key));
  const setStock = (quantity: number, ...ids: string[]) =>
    db().update(stock).set({ quantity }).where(inArray(stock.productId, ids));
  const inStock = async (id: string) =>
    (await db().select().from(stock).where(eq(stock.productId, id)))[0]?.quantity;
  const lastSeq = async () => (await wholeFeed()).at(-1)?.seq ?? 0;
  const wholeFeed = async (after = 0): Promise<OrderFeedEntry[]> => {
    const { entries } = await orders.feed({ after, limit: 1000 });
    return entries;
  };

  /** Reads on in small pages, until there is nothing more after `end`. */
  const follow = async (start: number, end: AbortSignal): Promise<OrderFeedEntry[]> => {
    const seen: OrderFeedEntry[] = [];
    let caughtUp = false;
    while (!caughtUp) {
      const ended = end.aborted;
      const { entries } = await orders.feed({ after: seen.at(-1)?.seq ?? start, limit: 7 });
      seen.push(...entries);
      caughtUp = ended && entries.length === 0;
    }
    return seen;
  };

  describe('an order', () => {
    it('takes stock, keeps the price and the order of its items, and can be read again', async () => {
      await setStock(10, PULP_FICTION, GODFATHER);
      const placement = await orders.place(by(newKey()), {
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
      expect(await inStock(PULP_FICTION)).toBe(8);
      expect(await inStock(GODFATHER)).toBe(7);
    });

    it('is not found under an unknown id', async () => {
      await expect(orders.get(randomUUID(), 'ann')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('is not found by anybody else', async () => {
      await setStock(10, MATRIX);
      const { id } = toPlacedOrder(await buy(MATRIX));
      await expect(orders.get(id, 'bob')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('leaves nothing but its key when one of its items is out of stock', async () => {
      await setStock(10, MATRIX);
      await setStock(2, PULP_FICTION);
      const key = newKey();
      const before = await lastSeq();
      const { outcome } = await orders.place(by(key), {
        items: [
          { productId: PULP_FICTION, quantity: 3 },
          { productId: MATRIX, quantity: 1 },
          { productId: SOLD_OUT, quantity: 1 },
        ],
      });
      expect(outcome).toEqual({
        kind: 'out-of-stock',
        errors: [
          { pointer: '/items/0/quantity', detail: 'there is not that much of pulp-fiction-1994 left' },
          { pointer: '/items/2/quantity', detail: 'there is not that much of fight-club-1999 left' },
        ],
      });
      expect(await inStock(MATRIX)).toBe(10);
      expect(await inStock(PULP_FICTION)).toBe(2);
      expect(await kept(key)).toBe(1);

      await buy(MATRIX);
      expect((await wholeFeed(before)).map(({ seq }) => seq)).toEqual([before + 1]);
    });

    it('points at the products that do not exist', async () => {
      await expect(
        orders.place(by(newKey()), {
          items: [
            { productId: MATRIX, quantity: 1 },
            { productId: 'nothing-1900', quantity: 1 },
          ],
        }),
      ).rejects.toMatchObject({
        code: 'validation-failed',
        status: 422,
        errors: [{ pointer: '/items/1/productId', detail: 'there is no such product' }],
      });
    });
  });

  describe('under concurrency', () => {
    it('the last item is sold once, to one of ten buyers', async () => {
      await setStock(1, MATRIX);
      const placements = await Promise.all(Array.from({ length: AT_A_TIME }, () => buy(MATRIX)));
      const kinds = placements.map(({ outcome }) => outcome.kind);
      expect(kinds.filter((kind) => kind === 'placed')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'out-of-stock')).toHaveLength(9);
      expect(await inStock(MATRIX)).toBe(0);
    });

    it('orders of the same products in opposite order do not deadlock', async () => {
      await setStock(1000, MATRIX, PULP_FICTION, GODFATHER);
      const items = [MATRIX, PULP_FICTION, GODFATHER].map((productId) => ({ productId, quantity: 1 }));
      for (let round = 0; round < 6; round += 1) {
        const ten = Array.from({ length: AT_A_TIME }, (_, number) =>
          orders.place(by(newKey()), { items: number % 2 === 0 ? items : items.toReversed() }),
        );
        await Promise.all(ten);
      }
      expect(await inStock(MATRIX)).toBe(940);
      expect(await inStock(PULP_FICTION)).toBe(940);
      expect(await inStock(GODFATHER)).toBe(940);
    });

    it('a reader that follows the feed misses no order', async () => {
      await setStock(1000, MATRIX, PULP_FICTION);
      await setStock(0, GODFATHER);
      const start = await lastSeq();
      const allPlaced = new AbortController();
      const following = follow(start, allPlaced.signal);
      const placements: Awaited<ReturnType<typeof buy>>[] = [];
      for (let round = 0; round < 15; round += 1) {
        const ten = Array.from({ length: AT_A_TIME }, (_, n) =>
          buy([MATRIX, PULP_FICTION, GODFATHER][(round * AT_A_TIME + n) % 3]!),
        );
        placements.push(...(await Promise.all(ten)));
      }
      allPlaced.abort();
      const seen = await following;

      const placed = placements.flatMap(({ outcome }) =>
        outcome.kind === 'placed' ? [outcome.order.id] : [],
      );
      expect(placed).toHaveLength(100);
      expect(seen.map(({ orderId }) => orderId).toSorted()).toEqual(placed.toSorted());
      expect(seen.map(({ seq }) => seq - start)).toEqual(
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

    it('that has passed lets nothing be written', async () => {
      await setStock(10, MATRIX);
      const key = newKey();
      await expect(within(0, () => buy(MATRIX, 1, key))).rejects.toMatchObject({ code: 'deadline-exceeded' });
      expect(await kept(key)).toBe(0);
    });

    it('that is far off is no obstacle', async () => {
      await setStock(10, MATRIX);
      expect(await within(60_000, () => buy(MATRIX))).toMatchObject({ replayed: false });
    });

    // PGlite has one connection: nobody else can hold a lock.
    if (engine === 'postgresql') {
      it('ends the wait for a lock, and nothing is written', async () => {
        await setStock(10, MATRIX, PULP_FICTION);
        const key = newKey();
        const items = [PULP_FICTION, MATRIX].map((productId) => ({ productId, quantity: 1 }));
        await db().transaction(async (other) => {
          await other.select().from(stock).where(eq(stock.productId, MATRIX)).for('update');
          await expect(within(100, () => orders.place(by(key), { items }))).rejects.toMatchObject({
            code: 'deadline-exceeded',
            status: 504,
          });
        });
        expect(await kept(key)).toBe(0);
        expect(await inStock(PULP_FICTION)).toBe(10);
        expect(await inStock(MATRIX)).toBe(10);
        // The limit was the transaction's own, the next one on the connection has none of it.
        expect((await buy(MATRIX, 1, key)).replayed).toBe(false);
      });
    }
  });

  describe('the feed', () => {
    it('tells what was ordered after a place in it, oldest first and no more than asked for', async () => {
      await setStock(10, MATRIX, PULP_FICTION);
      const start = await lastSeq();
      const first = await buy(MATRIX, 2);
      const second = await buy(PULP_FICTION, 1);
      expect(await wholeFeed(start)).toEqual([
        { seq: start + 1, orderId: toPlacedOrder(first).id, items: [{ productId: MATRIX, quantity: 2 }] },
        {
          seq: start + 2,
          orderId: toPlacedOrder(second).id,
          items: [{ productId: PULP_FICTION, quantity: 1 }],
        },
      ]);
      expect((await orders.feed({ after: start, limit: 1 })).entries).toHaveLength(1);
      expect(await wholeFeed(start + 2)).toEqual([]);
    });
  });
});
