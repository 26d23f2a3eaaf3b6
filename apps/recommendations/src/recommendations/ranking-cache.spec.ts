import { beforeEach, describe, expect, it } from 'vitest';
import { OrderedFilms } from './ordered-films.ts';
import { RankingCache } from './ranking-cache.ts';

describe('RankingCache', () => {
  let ordered: OrderedFilms;
  let cache: RankingCache;
  let computed: number;
  const compute = async () => {
    computed += 1;
    return { films: Uint32Array.of(computed), dependsOn: Uint32Array.of(1, 2) };
  };
  const get = async () => [...(await cache.get('x', compute)).films];

  beforeEach(() => {
    ordered = new OrderedFilms();
    cache = new RankingCache(ordered);
    computed = 0;
  });

  it('computes each ranking once for concurrent callers', async () => {
    expect(await Promise.all([get(), get()])).toEqual([[1], [1]]);
    expect(await get()).toEqual([1]);
    await cache.get('y', compute);
    expect(computed).toBe(2);
  });

  it('computes again after a failure', async () => {
    await expect(cache.get('x', () => Promise.reject(new Error('died')))).rejects.toThrowError('died');
    expect(await get()).toEqual([1]);
  });

  it('computes again after an order of a film that the ranking depends on', async () => {
    await get();
    ordered.add(Uint32Array.of(3));
    expect(await get()).toEqual([1]);
    ordered.add(Uint32Array.of(2));
    expect(await get()).toEqual([2]);
    expect(await get()).toEqual([2]);
  });

  it('does not keep a ranking whose films were ordered while it was computed', async () => {
    const early = get();
    ordered.add(Uint32Array.of(1));
    expect(await get()).toEqual([2]);
    expect(await early).toEqual([1]);
    expect(await get()).toEqual([2]);
  });
});
