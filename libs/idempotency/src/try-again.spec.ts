import { setImmediate as settled } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tryAgain } from './try-again.ts';

/** Resolves with how long it waited each time, in milliseconds. */
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

it('tries five times, twice as late each time, and the last before its time is up', async () => {
  expect(await waitsOf()).toEqual([100, 200, 400, 800, 1600]);
});

it('ends with the first that has a result, be it that nothing was to be done any more', async () => {
  expect(await waitsOf(undefined, true)).toEqual([100, 200]);
  expect(await waitsOf(false)).toEqual([100]);
});
