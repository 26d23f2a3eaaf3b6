import { randomUUID } from 'node:crypto';
import { eq, inArray, like } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '@film-store/contracts';
import { type ResilienceExecutor, monotonicNow, requestContext } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { Database } from '../database/database.ts';
import {
  films as filmsTable,
  orderItems,
  orderKeys,
  orders as ordersTable,
  stock,
} from '../database/schema.ts';
import { createConnectionExecutor } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { openDatabaseWithFilms } from '../../test/open-with-films.ts';
import { OrdersService } from './orders.service.ts';
import type { Placement } from './order-placement.ts';

const MATRIX = 'the-matrix-1999';
const FILMS = [MATRIX, 'pulp-fiction-1994', 'the-godfather-1972'] as const;
const UNKNOWN = 'nothing-1900';

describeOnEveryEngine('orders of one film at a time', (database) => {
  const open = openDatabaseWithFilms(database);
  const db = () => open().db;
  const connection = createConnectionExecutor(open);
  const setStock = (quantity: number, ...ids: string[]) =>
    db().update(stock).set({ quantity }).where(inArray(stock.productId, ids));
  const readStock = async (id: string) =>
    (await db().select().from(stock).where(eq(stock.productId, id)))[0]!.quantity;

  /** Counts transactions. `afterwards` runs after the work of each one, and can make it fail. */
  class CountingExecutor implements ResilienceExecutor<Database> {
    transactions = 0;
    readonly #afterwards: (transaction: number) => void;

    constructor(afterwards: (transaction: number) => void = () => undefined) {
      this.#afterwards = afterwards;
    }

    async execute<T>(work: (db: Database) => Promise<T>): Promise<T> {
      const transaction = (this.transactions += 1);
      const result = await connection.execute(work);
      this.#afterwards(transaction);
      return result;
    }
  }

  const toLines = (...lines: [string, number][]) =>
    lines.map(([productId, quantity]) => ({ productId, quantity }));
  const place = (orders: OrdersService, items: OrderRequest['items'], key: string = randomUUID()) =>
    orders.place({ principal: 'ann', key }, { items });
  const toKind = (placement: PromiseSettledResult<Placement>): string =>
    placement.status === 'fulfilled'
      ? placement.value.outcome.kind
      : placement.reason instanceof Problem
        ? placement.reason.code
        : 'error';

  it('are placed in one transaction when they wait for two others', async () => {
    await setStock(100, MATRIX);
    const executor = new CountingExecutor();
    const orders = new OrdersService(executor);
    const placements = await Promise.all(
      Array.from({ length: 12 }, () => place(orders, toLines([MATRIX, 1]))),
    );
    expect(executor.transactions).toBe(3);
    expect(placements.map(({ outcome }) => outcome.kind)).toEqual(Array(12).fill('placed'));
    const ids = placements.flatMap(({ outcome }) => (outcome.kind === 'placed' ? [outcome.order.id] : []));
    expect(new Set(ids).size).toBe(12);
    expect(await readStock(MATRIX)).toBe(88);
    expect(await db().$count(orderItems, inArray(orderItems.orderId, ids))).toBe(12);
  });

  it('are placed in groups of at most 100 lines', async () => {
    const films = await db().select({ id: filmsTable.id }).from(filmsTable).limit(40);
    await setStock(100, ...films.map(({ id }) => id));
    const executor = new CountingExecutor();
    const orders = new OrdersService(executor);
    const items = films.map(({ id }) => ({ productId: id, quantity: 1 }));
    await Promise.all(Array.from({ length: 7 }, () => place(orders, items)));
    // Two at once, and three groups for the others: of two, two and one.
    expect(executor.transactions).toBe(5);
    expect(await Promise.all(films.map(({ id }) => readStock(id)))).toEqual(Array(40).fill(93));
  });

  it('are placed alone when each is of a film of its own', async () => {
    await setStock(100, ...FILMS);
    const executor = new CountingExecutor();
    const orders = new OrdersService(executor);
    await Promise.all(FILMS.map((id) => place(orders, toLines([id, 1]))));
    expect(executor.transactions).toBe(FILMS.length);
  });

  it('fail alone in a group: out of stock, unknown, with a used key, or too late', async () => {
    await setStock(100, MATRIX);
    const executor = new CountingExecutor();
    const orders = new OrdersService(executor);
    const usedKey = randomUUID();
    await place(orders, toLines([MATRIX, 2]), usedKey);
    const good = () => place(orders, toLines([MATRIX, 1]));
    const group = [
      good(),
      good(),
      good(),
      place(orders, toLines([MATRIX, 98])),
      place(orders, toLines([MATRIX, 1], [UNKNOWN, 1])),
      place(orders, toLines([MATRIX, 1]), usedKey),
      place(orders, toLines([MATRIX, 2]), usedKey),
      good(),
    ];
    const results = await Promise.allSettled(group);
    expect(results.map(toKind)).toEqual([
      'placed',
      'placed',
      'placed',
      'out-of-stock',
      'validation-failed',
      'idempotency-key-reused',
      'placed',
      'placed',
    ]);
    expect(await readStock(MATRIX)).toBe(94);

    const late = requestContext.run({ requestId: 'r-1', deadline: monotonicNow() + 60_000 }, () => good());
    const passed = () => requestContext.run({ requestId: 'r-2', deadline: 0 }, good);
    const mixed = await Promise.allSettled([late, good(), good(), passed(), good()]);
    expect(mixed.map(toKind)).toEqual(['placed', 'placed', 'placed', 'deadline-exceeded', 'placed']);
    expect(await readStock(MATRIX)).toBe(90);
  });

  it('are placed once when the response of their commit is lost', async () => {
    await setStock(100, MATRIX);
    const executor = new CountingExecutor((transaction) => {
      if (transaction === 3) throw new Error('the connection is lost');
    });
    const orders = new OrdersService(executor);
    const placements = await Promise.all(
      Array.from({ length: 8 }, () => place(orders, toLines([MATRIX, 1]))),
    );
    expect(placements.map(({ replayed }) => replayed)).toEqual([false, false, ...Array(6).fill(true)]);
    expect(await readStock(MATRIX)).toBe(92);
  });

  it('are not placed when their request ends while they wait', async () => {
    await setStock(100, MATRIX);
    const orders = new OrdersService(connection);
    const request = new AbortController();
    const key = randomUUID();
    const before = [1, 2].map(() => place(orders, toLines([MATRIX, 1])));
    const waiting = requestContext.run({ requestId: 'r-1', signal: request.signal }, () =>
      place(orders, toLines([MATRIX, 1]), key),
    );
    request.abort(new Problem('deadline-exceeded'));
    await expect(waiting).rejects.toMatchObject({ code: 'deadline-exceeded' });
    await Promise.all(before);
    expect((await place(orders, toLines([MATRIX, 1]))).outcome.kind).toBe('placed');
    expect(await db().$count(orderKeys, eq(orderKeys.key, key))).toBe(0);
    expect(await readStock(MATRIX)).toBe(97);
  });

  describe('whatever they contain', () => {
    const line = fc.record({
      productId: fc.constantFrom(MATRIX, MATRIX, MATRIX, ...FILMS, UNKNOWN),
      quantity: fc.integer({ min: 1, max: 4 }),
    });
    const items = fc.uniqueArray(line, {
      minLength: 1,
      maxLength: 3,
      selector: ({ productId }) => productId,
    });
    /** Some keys are used twice, for equal and for different requests. */
    const plan = fc.array(fc.record({ items, key: fc.nat(20) }), { minLength: 10, maxLength: 24 });
    const isKnown = ({ items: lines }: Pick<OrderRequest, 'items'>) =>
      lines.every(({ productId }) => productId !== UNKNOWN);

    type Request = { readonly items: OrderRequest['items']; readonly key: number };
    const toAttempts = (
      requests: readonly Request[],
      results: readonly PromiseSettledResult<Placement>[],
    ) => {
      const attempts = results.map((result, index) => ({ request: requests[index]!, result }));
      return {
        rejected: attempts.filter(({ result }) => result.status === 'rejected'),
        accepted: attempts.flatMap(({ request, result }) =>
          result.status === 'fulfilled' ? [{ request, ...result.value }] : [],
        ),
      };
    };
    type Accepted = ReturnType<typeof toAttempts>['accepted'][number];
    const countSold = (placed: readonly Accepted[], id: string): number =>
      placed
        .flatMap(({ request }) => request.items)
        .filter(({ productId }) => productId === id)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    const toShortLines = ({ request, outcome }: Accepted) =>
      outcome.kind === 'placed'
        ? []
        : outcome.errors.map(({ pointer }) => request.items[Number(pointer.split('/')[2])]!);

    it('sell what leaves the stock, once for each key', async () => {
      await fc.assert(
        fc.asyncProperty(plan, fc.integer({ min: 0, max: 25 }), async (requests, initial) => {
          await setStock(initial, ...FILMS);
          const prefix = randomUUID();
          // Two processes, so that groups wait for one another in the database.
          const processes = [new OrdersService(connection), new OrdersService(connection)] as const;
          const results = await Promise.allSettled(
            requests.map(({ items: lines, key }, index) =>
              place(processes[index % 2 === 0 ? 0 : 1], lines, `${prefix}-${key}`),
            ),
          );
          const left = new Map<string, number>();
          for (const id of FILMS) left.set(id, await readStock(id));
          const { rejected, accepted } = toAttempts(requests, results);

          expect(rejected.map(({ result }) => toKind(result))).toEqual(
            rejected.map(({ request }) =>
              isKnown(request) ? 'idempotency-key-reused' : 'validation-failed',
            ),
          );
          const keys = new Set(accepted.map(({ request }) => request.key));
          const outcomes = accepted.map(
            ({ request, outcome }) => `${request.key} ${JSON.stringify(outcome)}`,
          );
          expect(new Set(outcomes).size).toBe(keys.size);
          const first = accepted.filter(({ replayed }) => !replayed);
          expect(first).toHaveLength(keys.size);
          const placed = first.filter(({ outcome }) => outcome.kind === 'placed');
          const ids = placed.map(({ outcome }) => (outcome.kind === 'placed' ? outcome.order.id : ''));
          for (const id of FILMS) expect(left.get(id)).toBe(initial - countSold(placed, id));
          expect([...left.values()].every((quantity) => quantity >= 0)).toBe(true);
          // Stock never rises, so a line that was too large is still too large.
          expect(
            accepted.flatMap(toShortLines).filter((each) => left.get(each.productId)! >= each.quantity),
          ).toEqual([]);
          expect(await db().$count(ordersTable, inArray(ordersTable.id, ids))).toBe(placed.length);
          expect(await db().$count(orderKeys, like(orderKeys.key, `${prefix}-%`))).toBe(keys.size);
        }),
        { numRuns: 40 },
      );
    });
  });
});
