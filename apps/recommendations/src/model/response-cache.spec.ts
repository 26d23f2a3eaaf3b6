import { describe, expect, it } from 'vitest';
import { film } from '../../test/films.ts';
import { ResponseCache } from './response-cache.ts';

describe('ResponseCache', () => {
  it('computes each response once for concurrent callers', async () => {
    const cache = new ResponseCache();
    let computed = 0;
    const compute = async () => {
      computed += 1;
      return [film('a')];
    };
    await Promise.all([cache.similar('x', compute), cache.similar('x', compute)]);
    expect(await cache.similar('x', compute)).toEqual([film('a')]);
    expect(computed).toBe(1);
    await cache.similar('y', compute);
    expect(computed).toBe(2);
  });

  it('recomputes after a failure', async () => {
    const cache = new ResponseCache();
    await expect(cache.similar('x', () => Promise.reject(new Error('died')))).rejects.toThrowError('died');
    expect(await cache.similar('x', async () => [film('a')])).toEqual([film('a')]);
  });
});
