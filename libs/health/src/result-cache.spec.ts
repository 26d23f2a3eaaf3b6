import { expect, it } from 'vitest';
import { ResultCache } from './result-cache.ts';

function setUp() {
  let now = 0;
  let runs = 0;
  const cache = new ResultCache<number>(1000, () => now);
  return {
    get: () => cache.get('database', async () => (runs += 1)),
    moveTo: (ms: number) => void (now = ms),
  };
}

it('shares one run with all who ask while it runs', async () => {
  const { get } = setUp();
  const fresh = { result: 1, cached: false };
  expect(await Promise.all([get(), get(), get()])).toEqual([fresh, fresh, fresh]);
});

it('serves a result for its time after it was there, not a moment longer', async () => {
  const { get, moveTo } = setUp();
  await get();
  moveTo(999);
  expect(await get()).toEqual({ result: 1, cached: true });
  moveTo(1000);
  expect(await get()).toEqual({ result: 2, cached: false });
});
