import { expect, it } from 'vitest';
import { ResultCache } from './result-cache.ts';

function createHarness() {
  let now = 0;
  let runs = 0;
  const cache = new ResultCache<number>(1000, () => now);
  return {
    get: () => cache.get('database', async () => (runs += 1)),
    moveTo: (ms: number) => void (now = ms),
  };
}

it('shares one run with all concurrent callers', async () => {
  const { get } = createHarness();
  const fresh = { result: 1, cached: false };
  expect(await Promise.all([get(), get(), get()])).toEqual([fresh, fresh, fresh]);
});

it('returns a result until its time is over', async () => {
  const { get, moveTo } = createHarness();
  await get();
  moveTo(999);
  expect(await get()).toEqual({ result: 1, cached: true });
  moveTo(1000);
  expect(await get()).toEqual({ result: 2, cached: false });
});
