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

  it('answers parallel calls, each with its own', async () => {
    const answers = await Promise.all([pool.rank(westerns), pool.rank(dramas), pool.rank(westerns)]);
    expect(answers).toEqual([
      [2, 1],
      [0, 2],
      [2, 1],
    ]);
  });

  it('scores in the order of the calls, so that under load no call waits for more than those before it', async () => {
    await pool.rank(westerns);
    let done = 0;
    const doneMeanwhile: number[] = [];
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 20; call++) {
        const before = done;
        await pool.rank(westerns);
        doneMeanwhile.push(done - before);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: 100 }, caller));
    expect(done).toBe(2000);
    // The 99 other callers are before it. Beside it another thread may finish some tasks that began later.
    expect(Math.max(...doneMeanwhile)).toBeLessThan(200);
  });

  it('goes on with new threads when all have died at work', async () => {
    const underWay = Promise.allSettled([pool.rank(westerns), pool.rank(westerns), pool.rank(westerns)]);
    await Promise.all(threads.threads.map((thread) => thread.terminate()));
    await underWay;
    expect(await pool.rank(westerns)).toEqual([2, 1]);
  });

  it('loses only the task that takes more memory than a thread may have', async () => {
    const everything = 4_000_000;
    const columns = Object.keys(westerns.table).map((name) => [name, new Float64Array(everything)]);
    const greedy: RankTask = {
      table: Object.fromEntries(columns),
      target: 0,
      coPurchases: new Float64Array(everything),
      count: everything,
    };
    await expect(pool.rank(greedy)).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await pool.rank(westerns)).toEqual([2, 1]);
  });

  it('refuses a task while 128 wait, and takes it again afterwards', async () => {
    const accepted = Array.from({ length: threads.threads.length + 128 }, () => pool.rank(westerns));
    await expect(pool.rank(westerns)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await Promise.all(accepted)).toEqual(accepted.map(() => [2, 1]));
    expect(await pool.rank(dramas)).toEqual([0, 2]);
  });
});
