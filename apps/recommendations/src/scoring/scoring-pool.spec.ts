import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { film } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { encodeFilms } from '../model/film-table.ts';
import type { RankTask } from '../model/rank.ts';
import { ScoringPool } from './scoring-pool.ts';
import { type ScoringThreads, startScoringThreads } from './scoring-threads.ts';

const westerns: RankTask = {
  table: encodeFilms([film('a', { genre: 'Western' }), film('b'), film('c', { genre: 'Western' })]),
  target: 0,
  coPurchases: new Float64Array(3),
  count: 50,
};
const dramas: RankTask = { ...westerns, target: 1 };

describe('ScoringPool', () => {
  let threads: ScoringThreads;
  let pool: ScoringPool;

  beforeEach(() => {
    threads = startScoringThreads();
    pool = new ScoringPool(threads, new HealthRegistry(), log.logger);
  });
  afterEach(() => pool.onApplicationShutdown());

  it('returns each parallel call its own result', async () => {
    const results = await Promise.all([pool.rank(westerns), pool.rank(dramas), pool.rank(westerns)]);
    expect(results).toEqual([
      [2, 1],
      [0, 2],
      [2, 1],
    ]);
  });

  it('scores in the order of calls', async () => {
    await pool.rank(westerns);
    let done = 0;
    const doneBefore: number[] = [];
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 20; call++) {
        const before = done;
        await pool.rank(westerns);
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
    const interrupted = Promise.allSettled([pool.rank(westerns), pool.rank(westerns), pool.rank(westerns)]);
    await Promise.all(threads.threads.map((thread) => thread.terminate()));
    await interrupted;
    expect(await pool.rank(westerns)).toEqual([2, 1]);
  });

  it('fails only the task that exceeds the memory of a thread', async () => {
    const count = 4_000_000;
    const columns = Object.keys(westerns.table).map((name) => [name, new Float64Array(count)]);
    const hugeTask: RankTask = {
      table: Object.fromEntries(columns),
      target: 0,
      coPurchases: new Float64Array(count),
      count,
    };
    await expect(pool.rank(hugeTask)).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await pool.rank(westerns)).toEqual([2, 1]);
  });

  it('rejects a task while 128 wait, and accepts tasks again afterwards', async () => {
    const accepted = Array.from({ length: threads.threads.length + 128 }, () => pool.rank(westerns));
    await expect(pool.rank(westerns)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await Promise.all(accepted)).toEqual(accepted.map(() => [2, 1]));
    expect(await pool.rank(dramas)).toEqual([0, 2]);
  });
});
