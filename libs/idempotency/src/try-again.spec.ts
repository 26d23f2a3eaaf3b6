import { setImmediate as settled } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tryAgain } from './try-again.ts';

/** Resolves with all waits, in milliseconds. */
async function waitsOf(...results: unknown[]): Promise<number[]> {
  const waits: number[] = [];
  tryAgain(
    () => Promise.resolve(results.shift()),
    3200,
    (ms, action) => {
      waits.push(ms);
      action();
      return () => undefined;
    },
  );
  await settled();
  return waits;
}

it('tries five times within its time, each wait twice as long as the one before', async () => {
  expect(await waitsOf()).toEqual([100, 200, 400, 800, 1600]);
});

it('ends with the first result, also with false', async () => {
  expect(await waitsOf(undefined, true)).toEqual([100, 200]);
  expect(await waitsOf(false)).toEqual([100]);
});
