import { expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { type TestDatabase, describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { importFilms } from './films.repository.ts';

/** As replicas do that start at once: several where the engine takes several. */
async function startReplicas(
  place: TestDatabase,
): Promise<{ reports: unknown[]; films: number; stock: number }> {
  const replicas = await Promise.all(
    Array.from({ length: place.engine === 'postgresql' ? 4 : 1 }, () => place.open()),
  );
  const reports = await Promise.all(replicas.map(({ db }) => importFilms(db)));
  const { db } = replicas[0]!;
  const counts = { films: await db.$count(films), stock: await db.$count(stock) };
  await Promise.all(replicas.map((replica) => replica.close()));
  return { reports: reports.filter((report) => report !== undefined), ...counts };
}

const inStock = async (db: Database, id: string) =>
  (await db.select().from(stock).where(eq(stock.productId, id)))[0]?.quantity;

describeOnEveryEngine('the import of films', (place) => {
  it('is done once by replicas that start at once, and tells what it took', async () => {
    const { reports, ...counts } = await startReplicas(place());
    expect(reports).toMatchObject([{ rows: 3201, taken: 3200, dropped: { noTitle: 1 } }]);
    expect(counts).toEqual({ films: 3200, stock: 3200 });
  });

  it('leaves a database with films as it is, what was sold included', async () => {
    const first = await place().open();
    await first.db.update(stock).set({ quantity: 7 }).where(eq(stock.productId, 'the-dark-knight-2008'));
    await first.close();

    const second = await place().open();
    expect(await importFilms(second.db)).toBeUndefined();
    expect(await inStock(second.db, 'the-dark-knight-2008')).toBe(7);
    expect(await inStock(second.db, 'fight-club-1999')).toBe(0);
    await second.close();
  });
});
