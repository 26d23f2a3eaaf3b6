import { describe, expect, it } from 'vitest';
import { film } from '../../test/films.ts';
import { ResponseCache } from './response-cache.ts';

describe('ResponseCache', () => {
  it('computes each answer once, also for callers at the same time', async () => {
    const answers = new ResponseCache();
    let computed = 0;
    const compute = async () => {
      computed += 1;
      return [film('a')];
    };
    await Promise.all([answers.similar('x', compute), answers.similar('x', compute)]);
    expect(await answers.similar('x', compute)).toEqual([film('a')]);
    expect(computed).toBe(1);
    await answers.similar('y', compute);
    expect(computed).toBe(2);
  });

  it('computes anew what failed', async () => {
    const answers = new ResponseCache();
    await expect(answers.similar('x', () => Promise.reject(new Error('died')))).rejects.toThrowError('died');
    expect(await answers.similar('x', async () => [film('a')])).toEqual([film('a')]);
  });
});
