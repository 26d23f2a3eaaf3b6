import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionExecutor } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import type { Database, OpenDatabase } from './database.ts';
import { runShortTransaction } from './short-transaction.ts';

describeOnEveryEngine('runShortTransaction', (database) => {
  let open: OpenDatabase;
  const executor = createConnectionExecutor(() => open);
  beforeAll(async () => {
    open = await database().open();
    await open.db.execute(sql`create table marks (mark int primary key)`);
  });
  afterAll(() => open.close());
  beforeEach(() => open.db.execute(sql`delete from marks`));

  const readMarks = async () => (await open.db.execute(sql`select mark from marks order by mark`)) as object;
  const insert = (mark: number) => sql`insert into marks values (${mark}) returning mark`;

  describe.each([
    ['a connection of its own', (work: (db: Database) => Promise<unknown>) => executor.execute(work)],
    ['a database', (work: (db: Database) => Promise<unknown>) => work(open.db)],
  ])('on %s', (_, use) => {
    it('returns the rows of the last statement and commits', async () => {
      const work = use((db) =>
        runShortTransaction(db, async (tx, commitWith) => {
          await tx.execute(insert(1));
          return (await commitWith(insert(2))).rows;
        }),
      );
      expect(await work).toEqual([{ mark: 2 }]);
      expect(await readMarks()).toMatchObject({ rows: [{ mark: 1 }, { mark: 2 }] });
    });

    it('commits work without a last statement', async () => {
      await use((db) => runShortTransaction(db, (tx) => tx.execute(insert(1))));
      expect(await readMarks()).toMatchObject({ rows: [{ mark: 1 }] });
    });

    it('rolls back when the last statement fails', async () => {
      const work = use((db) =>
        runShortTransaction(db, async (tx, commitWith) => {
          await tx.execute(insert(1));
          await commitWith(insert(1));
        }),
      );
      await expect(work).rejects.toMatchObject({ cause: { code: '23505' } });
      expect(await readMarks()).toMatchObject({ rows: [] });
    });

    it('rolls back when the work fails', async () => {
      const work = use((db) =>
        runShortTransaction(db, async (tx) => {
          await tx.execute(insert(1));
          throw new Error('failed');
        }),
      );
      await expect(work).rejects.toThrow('failed');
      expect(await readMarks()).toMatchObject({ rows: [] });
    });
  });

  it('leaves no transaction on the connection after a failure', async () => {
    const marks = await executor.execute(async (db) => {
      const failing = runShortTransaction(db, (_, commitWith) => commitWith(sql`select 1 / 0`));
      await expect(failing).rejects.toMatchObject({ cause: { code: '22012' } });
      await db.execute(insert(1));
      return readMarks();
    });
    expect(marks).toMatchObject({ rows: [{ mark: 1 }] });
  });
});
