import { setTimeout as sleep } from 'node:timers/promises';
import { eq, max, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderFeedEntry } from '@film-store/contracts';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, OpenDatabase, Transaction } from '../database/database.ts';
import { orders } from '../database/schema.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { readFeed } from './order-feed.repository.ts';

/** Fewer than the connections, so that readers always get one. */
const OPEN_AT_ONCE = 6;

describeOnEveryEngine('the order feed', (database, engine) => {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await database().open();
  });
  afterAll(() => open.close());

  const insertOrder = async (db: Database | Transaction, createdAt = new Date()): Promise<string> => {
    const order = { status: 'confirmed', total: 999, createdAt } as const;
    const [row] = await db.insert(orders).values(order).returning({ id: orders.id });
    return row!.id;
  };
  const readLast = async () => (await open.db.select({ seq: max(orders.seq) }).from(orders))[0]?.seq ?? 0;

  it('numbers orders without gaps, in the order of their creation', async () => {
    const start = await readLast();
    const late = await insertOrder(open.db, new Date(2000));
    const early = await insertOrder(open.db, new Date(1000));
    expect((await readFeed(open.db, { after: start, limit: 10 })).entries).toEqual([
      { seq: start + 1, orderId: early, items: [] },
      { seq: start + 2, orderId: late, items: [] },
    ]);
  });

  it('fills every page while more orders wait than one read numbers', async () => {
    const start = await readLast();
    await open.db.execute(
      sql`insert into orders (status, total) select 'confirmed', 1 from generate_series(1, 2500)`,
    );
    const sizes: number[] = [];
    let after = start;
    for (let page = 0; page < 4; page += 1) {
      const { entries } = await readFeed(open.db, { after, limit: 1000 });
      sizes.push(entries.length);
      after = entries.at(-1)?.seq ?? after;
    }
    expect(sizes).toEqual([1000, 1000, 500, 0]);
    expect(after).toBe(start + 2500);
  });

  // PGlite has one connection, so only one transaction can be open.
  if (engine === 'pglite') return;

  it('serves the numbered orders while the server accepts reads only', async () => {
    const start = await readLast();
    const numbered = await insertOrder(open.db);
    await readFeed(open.db, { after: start, limit: 10 });
    const waiting = await insertOrder(open.db);
    const readOnly = { accessMode: 'read only' } as const;
    const page = await open.db.transaction((tx) => readFeed(tx, { after: start, limit: 10 }), readOnly);
    expect(page.entries.map(({ orderId }) => orderId)).toEqual([numbered]);
    const next = await readFeed(open.db, { after: start + 1, limit: 10 });
    expect(next.entries.map(({ orderId }) => orderId)).toEqual([waiting]);
  });

  describe('beside open transactions', () => {
    /** The previous version numbers an order in its own transaction. It runs during a rolling update. */
    const placeAsPreviousVersion = (): Promise<string> =>
      open.db.transaction(async (tx) => {
        const id = await insertOrder(tx);
        await lockUntilCommit(tx, 'feed');
        const [last] = await tx.select({ seq: max(orders.seq) }).from(orders);
        await tx
          .update(orders)
          .set({ seq: (last?.seq ?? 0) + 1 })
          .where(eq(orders.id, id));
        return id;
      });

    /** Inserts an order and leaves its transaction open. The result ends it. */
    const begin = async (): Promise<{ id: string; end: (commits: boolean) => Promise<void> }> => {
      const inserted = Promise.withResolvers<string>();
      const decided = Promise.withResolvers<boolean>();
      const ended = open.db.transaction(async (tx) => {
        inserted.resolve(await insertOrder(tx));
        if (!(await decided.promise)) tx.rollback();
      });
      const settled = ended.catch(() => undefined);
      return {
        id: await inserted.promise,
        end: async (commits) => {
          decided.resolve(commits);
          await (commits ? ended : settled);
        },
      };
    };

    class Reader {
      readonly entries: OrderFeedEntry[] = [];
      readonly #start: number;

      constructor(start: number) {
        this.#start = start;
      }

      get ids(): string[] {
        return this.entries.map(({ orderId }) => orderId);
      }

      /** Resolves with `true` if the page was the last one. */
      async read(limit: number): Promise<boolean> {
        const after = this.entries.at(-1)?.seq ?? this.#start;
        const page = await readFeed(open.db, { after, limit });
        this.entries.push(...page.entries);
        return page.entries.length < limit;
      }

      async readToEnd(): Promise<void> {
        while (!(await this.read(5)));
      }
    }

    interface Model {
      open: number;
      readonly committed: Set<string>;
    }
    interface Real {
      readonly open: Awaited<ReturnType<typeof begin>>[];
      readonly readers: readonly [Reader, Reader];
    }
    type Step = fc.AsyncCommand<Model, Real>;

    const end = async (model: Model, real: Real, index: number, commits: boolean): Promise<void> => {
      const [transaction] = real.open.splice(index % real.open.length, 1);
      model.open -= 1;
      await transaction!.end(commits);
      if (commits) model.committed.add(transaction!.id);
    };
    /** A read returns no order twice, none that has not committed, and on the last page all that had. */
    const check = async (model: Model, reader: Reader, work: () => Promise<boolean>): Promise<void> => {
      const before = [...model.committed];
      const isLast = await work();
      const received = new Set(reader.ids);
      expect(received.size).toBe(reader.entries.length);
      expect(reader.ids.filter((id) => !model.committed.has(id))).toEqual([]);
      if (isLast) expect(before.filter((id) => !received.has(id))).toEqual([]);
    };

    const reader = fc.constantFrom(0 as const, 1 as const);
    const limit = fc.integer({ min: 1, max: 4 });
    const hasOpen = (model: Readonly<Model>): boolean => model.open > 0;
    const steps: fc.Arbitrary<Step>[] = [
      fc.constant({
        check: (model) => model.open < OPEN_AT_ONCE,
        run: async (model, real) => {
          model.open += 1;
          real.open.push(await begin());
        },
        toString: () => 'begin',
      }),
      fc.record({ index: fc.nat(), commits: fc.boolean() }).map(({ index, commits }) => ({
        check: hasOpen,
        run: (model, real) => end(model, real, index, commits),
        toString: () => `${commits ? 'commit' : 'roll back'} ${index}`,
      })),
      fc.record({ reader, limit }).map((given) => ({
        check: () => true,
        run: (model, real) => {
          const each = real.readers[given.reader];
          return check(model, each, () => each.read(given.limit));
        },
        toString: () => `read ${given.limit} by ${given.reader}`,
      })),
      fc.record({ index: fc.nat(), limit }).map((given) => ({
        check: hasOpen,
        run: async (model, real) => {
          const [a, b] = real.readers;
          const reads = [a.read(given.limit), b.read(given.limit)];
          await Promise.all([end(model, real, given.index, true), ...reads]);
          for (const each of real.readers) await check(model, each, () => Promise.resolve(false));
        },
        toString: () => `commit ${given.index} while both read ${given.limit}`,
      })),
      fc.constant({
        check: () => true,
        run: async (model) => void model.committed.add(await placeAsPreviousVersion()),
        toString: () => 'place as the previous version',
      }),
    ];

    it('skips no order and repeats none, whatever commits between reads', async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(steps, { maxCommands: 60 }), async (commands) => {
          const start = await readLast();
          const model: Model = { open: 0, committed: new Set() };
          const real: Real = { open: [], readers: [new Reader(start), new Reader(start)] };
          try {
            await fc.asyncModelRun(() => ({ model, real }), commands);
          } finally {
            while (real.open.length > 0) await end(model, real, 0, true);
          }
          for (const each of real.readers) await each.readToEnd();
          expect(real.readers[0].entries).toEqual(real.readers[1].entries);
          expect(real.readers[0].ids.toSorted()).toEqual([...model.committed].toSorted());
          expect(real.readers[0].entries.map(({ seq }) => seq - start)).toEqual(
            Array.from({ length: model.committed.size }, (_, index) => index + 1),
          );
        }),
        { numRuns: 30 },
      );
    });

    it('skips no order and repeats none while many transactions end at the same time', async () => {
      const order = fc.record({ commits: fc.boolean(), previous: fc.boolean(), openMs: fc.nat(4) });
      const writers = fc.array(fc.array(order, { minLength: 5, maxLength: 25 }), {
        minLength: OPEN_AT_ONCE,
        maxLength: OPEN_AT_ONCE,
      });
      await fc.assert(
        fc.asyncProperty(writers, async (plans) => {
          const start = await readLast();
          const committed: string[] = [];
          const write = async (plan: (typeof plans)[number]): Promise<void> => {
            for (const { commits, previous, openMs } of plan) {
              if (previous) {
                committed.push(await placeAsPreviousVersion());
                continue;
              }
              const transaction = await begin();
              await sleep(openMs);
              await transaction.end(commits);
              if (commits) committed.push(transaction.id);
            }
          };
          const readers = [new Reader(start), new Reader(start)];
          const written = new AbortController();
          const following = readers.map(async (each) => {
            while (!written.signal.aborted) await each.read(3);
            await each.readToEnd();
          });
          await Promise.all(plans.map(write));
          written.abort();
          await Promise.all(following);
          for (const each of readers) {
            expect(each.ids.toSorted()).toEqual(committed.toSorted());
            expect(each.entries).toEqual(readers[0]!.entries);
          }
        }),
        { numRuns: 10 },
      );
    });
  });
});
