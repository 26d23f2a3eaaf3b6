import { expect, it } from 'vitest';
import { tryAgain } from './try-again.ts';

/** Resolves with all waits, in milliseconds. */
async function recordWaits(...results: unknown[]): Promise<number[]> {
  const waits: number[] = [];
  await tryAgain(
    () => Promise.resolve(results.shift()),
    3200,
    (ms, action) => {
      waits.push(ms);
      action();
      return () => undefined;
    },
  );
  return waits;
}

it('tries five times within the given time, with waits that double', async () => {
  expect(await recordWaits()).toEqual([100, 200, 400, 800, 1600]);
});

it('ends with the first result, also if it is false', async () => {
  expect(await recordWaits(undefined, true)).toEqual([100, 200]);
  expect(await recordWaits(false)).toEqual([100]);
});
