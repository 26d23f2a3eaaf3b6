import { expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { type TestDatabase, describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { importFilms } from './films.repository.ts';

/** Imports the films from four replicas at the same time. PGlite allows only one. */
async function importConcurrently(
  database: TestDatabase,
): Promise<{ reports: unknown[]; films: number; stock: number }> {
  const replicas = await Promise.all(
    Array.from({ length: database.engine === 'postgresql' ? 4 : 1 }, () => database.open()),
  );
  const reports = await Promise.all(replicas.map(({ db }) => importFilms(db)));
  const { db } = replicas[0]!;
  const counts = { films: await db.$count(films), stock: await db.$count(stock) };
  await Promise.all(replicas.map((replica) => replica.close()));
  return { reports: reports.filter((report) => report !== undefined), ...counts };
}

const readStock = async (db: Database, id: string) =>
  (await db.select().from(stock).where(eq(stock.productId, id)))[0]?.quantity;

describeOnEveryEngine('the import of films', (database) => {
  it('runs once when replicas start at the same time, and reports its counts', async () => {
    const { reports, ...counts } = await importConcurrently(database());
    expect(reports).toMatchObject([{ rows: 3201, taken: 3200, dropped: { noTitle: 1 } }]);
    expect(counts).toEqual({ films: 3200, stock: 3200 });
  });

  it('does not change a database that has films', async () => {
    const first = await database().open();
    await first.db.update(stock).set({ quantity: 7 }).where(eq(stock.productId, 'the-dark-knight-2008'));
    await first.close();

    const second = await database().open();
    expect(await importFilms(second.db)).toBeUndefined();
    expect(await readStock(second.db, 'the-dark-knight-2008')).toBe(7);
    expect(await readStock(second.db, 'fight-club-1999')).toBe(0);
    await second.close();
  });
});
