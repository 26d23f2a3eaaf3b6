import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { film } from '../../test/films.ts';
import { RecommendationsFixture } from '../../test/recommendations-fixture.ts';
import type { FilmTable } from '../model/film-table.ts';
import type { ScoringPool } from './scoring-pool.ts';

const films = [film('a', { genre: 'Western' }), film('b'), film('c', { genre: 'Western' })];

describe('ScoringPool', () => {
  let fixture: RecommendationsFixture;
  let pool: ScoringPool;
  let table: FilmTable;

  beforeEach(async () => {
    fixture = await RecommendationsFixture.start();
    ({ pool } = fixture);
    await fixture.storeFilms(films, '2026-01-01T00:00:00.000Z');
    table = await fixture.writer.write('build', {});
  });
  afterEach(() => fixture.remove());

  const rank = async (productId: string): Promise<number[]> => {
    const ranking = await pool.run('rankFilms', { table, version: 1, productId, count: 50 });
    return [...ranking!.films];
  };
  const [westerns, dramas] = ['a', 'b'];

  it('returns each parallel call its own result', async () => {
    const results = await Promise.all([rank(westerns), rank(dramas), rank(westerns)]);
    expect(results).toEqual([
      [3, 2],
      [1, 3],
      [3, 2],
    ]);
  });

  it('scores in the order of calls', async () => {
    await rank(westerns);
    let done = 0;
    const doneBefore: number[] = [];
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 20; call++) {
        const before = done;
        await rank(westerns);
        doneBefore.push(done - before);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: 100 }, caller));
    expect(done).toBe(2000);
    // 99 other calls can be earlier. Another thread can finish some later tasks at the same time.
    expect(Math.max(...doneBefore)).toBeLessThan(200);
  });

  it('replaces threads that exit during a task', async () => {
    const interrupted = Promise.allSettled([rank(westerns), rank(westerns), rank(westerns)]);
    await Promise.all(fixture.threads.pool.threads.map((thread) => thread.terminate()));
    await interrupted;
    expect(await rank(westerns)).toEqual([3, 2]);
  });

  it('fails only the task that exceeds the memory of a thread', async () => {
    const numbers = Array.from({ length: 3_000_000 }, () => 1);
    await expect(pool.run('readFilms', { numbers })).rejects.toMatchObject({
      code: 'ERR_WORKER_OUT_OF_MEMORY',
    });
    expect(await rank(westerns)).toEqual([3, 2]);
  });

  it('rejects a task while 128 wait, and accepts tasks again afterwards', async () => {
    const accepted = Array.from({ length: fixture.threads.pool.threads.length + 128 }, () => rank(westerns));
    await expect(rank(westerns)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await Promise.all(accepted)).toEqual(accepted.map(() => [3, 2]));
    expect(await rank(dramas)).toEqual([1, 3]);
  });
});
